/* The session page: shows what the journal says and sends what the person wishes. It decides nothing. */
"use strict";

(function () {
  const root = document.getElementById("session");
  const byId = (id) => document.getElementById(id);
  const token = document.querySelector("#token input").value;
  const plan = JSON.parse(byId("chart-data").textContent);
  let shot = null;
  let source = null;
  let chart = null;
  let zero = null;
  let sound = null;
  let awakeLock = null;
  let spoken = "";

  async function wish(kind, value) {
    try {
      const answer = await fetch(root.dataset.do, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ kind: kind, value: value === undefined ? null : value }),
      });
      if (!answer.ok) {
        const told = await answer.json().catch(() => ({}));
        trouble(told.error || "That did not reach the session. If heat is on, switch it off at the device.");
        return false;
      }
    } catch (error) {
      trouble("The program does not answer. If heat is on, switch it off at the device.");
      return false;
    }
    return true;
  }

  function trouble(text) {
    const place = byId("trouble");
    place.textContent = text;
    place.hidden = text === "";
  }

  function clock(seconds) {
    const whole = Math.max(0, Math.ceil(seconds));
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  }

  function tone(pitch) {
    try {
      sound = sound || new AudioContext();
      const swing = sound.createOscillator();
      const level = sound.createGain();
      swing.frequency.value = pitch;
      level.gain.setValueAtTime(0.0001, sound.currentTime);
      level.gain.exponentialRampToValueAtTime(0.2, sound.currentTime + 0.05);
      level.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + 0.8);
      swing.connect(level).connect(sound.destination);
      swing.start();
      swing.stop(sound.currentTime + 0.9);
    } catch (error) {
      sound = null;
    }
  }

  async function stayAwake() {
    if (awakeLock || !navigator.wakeLock || document.hidden) return;
    try {
      awakeLock = await navigator.wakeLock.request("screen");
      awakeLock.addEventListener("release", () => (awakeLock = null));
    } catch (error) {
      awakeLock = null;
    }
  }

  function sentence(s) {
    if (s.phase === "paused") return s.advice || "Paused. Go on when you like.";
    if (s.massage) return "The muscle is warm: gentle massage may begin.";
    if (s.heat_on && s.skin_c !== null) return "Rest. Your skin is at " + s.skin_c.toFixed(1) + " °C.";
    return s.heat_on ? "Rest. Move away if it feels too hot." : "Waiting for the heat.";
  }

  function ask(question, left) {
    for (const dialog of root.querySelectorAll("dialog")) {
      const wanted = dialog.id === "ask-" + question;
      if (wanted && !dialog.open) {
        dialog.showModal();
        tone(660);
      } else if (!wanted && dialog.open) {
        dialog.close();
      }
      if (wanted && left !== null) dialog.querySelector(".left").textContent = Math.ceil(left);
    }
  }

  function show(s) {
    const first = shot === null;
    const changed = first || shot.phase !== s.phase;
    shot = s;
    for (const section of root.querySelectorAll("[data-phase]")) {
      section.hidden = !section.dataset.phase.split(" ").includes(s.phase);
    }
    byId("heat").classList.toggle("heat-on", s.heat_on);
    byId("heat-words").textContent = s.heat_on ? "Heat is on" : "Heat is off";
    byId("clock").textContent = clock(s.heat_left_s);
    const words = sentence(s);
    if (words !== spoken) {
      spoken = words;
      byId("say").textContent = words;
    }
    byId("pause").hidden = s.phase !== "heating";
    byId("resume").hidden = !s.resume_allowed;
    byId("start").disabled = s.checks_left.length > 0;
    if (s.phase === "heat_ended") {
      byId("ready").textContent = s.get_ready_s === null ? "a few" : Math.ceil(s.get_ready_s);
      byId("stretch-start").disabled = s.heat_on;
    }
    if (s.phase === "stretching") {
      byId("item-count").textContent = "Stretch " + (s.item_index + 1) + " of " + s.items_total;
      byId("item-clock").textContent = clock(s.item_left_s);
      for (const item of root.querySelectorAll(".item")) item.hidden = Number(item.dataset.item) !== s.item_index;
    }
    ask(s.question, s.question_left_s);
    if (s.phase === "heating" || s.phase === "stretching") stayAwake();
    if (changed && !first) tone(s.phase === "stretching" ? 520 : 440);
    if (s.ended || s.phase === "rating" || s.phase === "ended") {
      byId("why").textContent = s.ended_text || "";
      if (!first || s.phase === "ended") window.location.assign(root.dataset.after);
    }
    draw(s);
  }

  function draw(s) {
    if (!["heating", "paused"].includes(s.phase)) return;
    if (!chart) {
      chart = new SkinChart(byId("chart"), byId("rows"), plan);
      if (zero === null) zero = s.now_s - s.heat_s;
      chart.add(pending, zero);
      pending = [];
    }
  }

  let pending = [];
  function samples(list) {
    const heated = list.find((x) => x[2] === 1);
    if (zero === null && heated) zero = heated[0];
    if (chart) chart.add(list, zero);
    else pending.push(...list);
  }

  function listen() {
    if (source) return;
    source = new EventSource(root.dataset.stream);
    source.addEventListener("history", (event) => {
      pending = [];
      chart ? samples(JSON.parse(event.data).samples) : samples(JSON.parse(event.data).samples);
    });
    source.addEventListener("snapshot", (event) => {
      const s = JSON.parse(event.data);
      trouble("");
      samples(s.samples);
      show(s);
    });
    source.addEventListener("gone", (event) => {
      trouble(JSON.parse(event.data).text);
      source.close();
      window.setTimeout(() => window.location.assign(root.dataset.after), 1500);
    });
    source.addEventListener("error", () => {
      trouble("The page lost the program for a moment. Without it the heat goes off by itself. Trying again.");
    });
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button === root) return;
    event.preventDefault();
    wish(button.dataset.do, button.dataset.value === undefined ? undefined : Number(button.dataset.value));
  });
  byId("stop").addEventListener("click", (event) => {
    event.preventDefault();
    wish("stop");
  });
  root.addEventListener("change", (event) => {
    const name = event.target.dataset.check;
    if (name === undefined) return;
    event.target.disabled = true;
    wish("check", name).then((taken) => {
      if (!taken) {
        event.target.checked = false;
        event.target.disabled = false;
      }
    });
  });
  for (const dialog of root.querySelectorAll("dialog")) {
    dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  const plain = ["Tab", "Shift", "Control", "Alt", "Meta", "CapsLock", "F5", "F11", "F12"];
  document.addEventListener("keydown", (event) => {
    if (!shot || event.ctrlKey || event.metaKey || event.altKey || plain.includes(event.key) || event.repeat) return;
    const onControl = event.target.closest("button, a, input, summary");
    if (onControl && (event.key === "Enter" || event.key === " ")) return;
    if (shot.question === "awake") wish("awake");
    else if (shot.question === "comfort" && /^[0-9]$/.test(event.key)) wish("comfort", Number(event.key));
    else if (shot.question === "confirm_on" || shot.question === "confirm_off") return;
    else if (shot.phase === "heating") wish(event.key === " " ? "pause" : "stop");
    else if (shot.phase === "paused") wish(event.key === " " ? "resume" : "stop");
    else if (shot.phase === "stretching" && event.key === " ") wish("stretch_done");
    else return;
    event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && shot && shot.phase === "heating") stayAwake();
  });
  window.addEventListener("pagehide", () => {
    if (source) source.close();
    source = null;
  });
  window.addEventListener("pageshow", listen);
  listen();
})();
