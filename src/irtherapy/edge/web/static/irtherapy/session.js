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
  let awakeLock = null;
  const sent = new Map(); // boxes ticked here that the session has not confirmed yet, and when
  let spoken = "";
  let heardAt = performance.now();
  let troubleEnds = 0;
  const manual = root.dataset.manual === "yes";
  const compared = root.dataset.compared; // of a comparison: what is said in place of whether heat is on
  const words = JSON.parse(byId("words").textContent); // in the language of the page
  const LOST = manual ? words.lost_manual : words.lost;
  const SILENT_MS = 4000;
  const AGAIN_MS = 2000;
  const SAME_TAP_MS = 500; // a trembling finger taps twice: the second within this is no new tap
  const HELD_MS = 800; // a finger that stays this long means stop
  const SAYING_MS = 9000; // the page waits this long at most for the last sentence
  const BY_HAND = ["confirm_on", "confirm_off"]; // needs open eyes
  const dim = byId("dim");
  const voice = new Voice(byId("heard"), (unable) => {
    byId("no-voice").hidden = !unable;
  });
  const TOLD_MS = 8000;

  async function wish(kind, value) {
    try {
      const answer = await fetch(root.dataset.do, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ kind: kind, value: value === undefined ? null : value }),
      });
      if (!answer.ok) {
        const told = await answer.json().catch(() => ({}));
        trouble(told.error || words.not_taken, TOLD_MS);
        return false;
      }
    } catch (error) {
      trouble(words.no_answer, TOLD_MS);
      return false;
    }
    return true;
  }

  /* A sentence of what is wrong; news from the program takes it away again, but not before it could be read. */
  function trouble(text, forMs) {
    const place = byId("trouble");
    if (text === "" && performance.now() < troubleEnds) return;
    troubleEnds = performance.now() + (forMs || 0);
    if (place.textContent !== text) place.textContent = text;
    place.hidden = text === "";
  }

  function lost() {
    trouble(LOST);
    heatUnknown();
  }

  function heatUnknown() {
    byId("heat").classList.remove("heat-on");
    byId("heat-words").textContent = words.unknown;
  }

  function clock(seconds) {
    const whole = Math.max(0, Math.ceil(seconds));
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
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
    if (s.phase === "paused") return s.advice || words.paused;
    if (compared) return s.massage ? words.massage_compared : words.rest;
    if (s.massage) return words.massage;
    if (s.heat_on && s.skin_c !== null) return words.rest_at.replace("{skin}", oneDigit(degrees(s.skin_c)));
    return s.heat_on ? words.rest : words.waiting;
  }

  function ask(question, left) {
    for (const dialog of root.querySelectorAll("dialog")) {
      const wanted = dialog.id === "ask-" + question && (dim.hidden || BY_HAND.includes(question));
      if (wanted && !dialog.open) {
        dialog.showModal();
        dialog.focus(); // not on a button: a stray key must not answer
      } else if (!wanted && dialog.open) {
        dialog.close();
      }
      if (wanted && left !== null && dialog.querySelector(".left")) dialog.querySelector(".left").textContent = Math.ceil(left);
    }
  }

  function show(s) {
    shot = s;
    root.dataset.now = s.phase;
    for (const section of root.querySelectorAll("[data-phase]")) {
      section.hidden = !section.dataset.phase.split(" ").includes(s.phase);
    }
    if (document.activeElement.closest("[hidden]")) document.activeElement.blur(); // a hidden button takes no keys
    byId("heat").classList.toggle("heat-on", s.heat_on && !compared);
    const heat = compared || (s.heat_on ? words.on : words.off);
    if (byId("heat-words").textContent !== heat) byId("heat-words").textContent = heat;
    byId("clock").textContent = clock(s.heat_left_s);
    const loop = byId("loop");
    loop.hidden = s.safe_s === null && !s.forecast_lost;
    if (!loop.hidden) {
      const text = s.forecast_lost ? loop.dataset.lost : loop.dataset.safe.replace("{minutes}", Math.round(s.safe_s / 60));
      if (loop.textContent !== text) loop.textContent = text;
    }
    const now = sentence(s);
    if (now !== spoken) {
      spoken = now;
      byId("say").textContent = now;
    }
    byId("pause").hidden = s.phase !== "heating";
    byId("resume").hidden = !s.resume_allowed;
    byId("start").disabled = s.checks_left.length > 0;
    for (const box of root.querySelectorAll("[data-check]:enabled")) {
      if (!s.checks_left.includes(box.dataset.check)) box.checked = box.disabled = true;
    }
    for (const [box, sentAt] of sent) {
      if (!s.checks_left.includes(box.dataset.check)) sent.delete(box);
      else if (performance.now() - sentAt > SILENT_MS) reopen(box); // the tick was lost: it can be made again
    }
    if (s.phase === "heat_ended") {
      byId("ready").textContent = s.get_ready_s === null ? words.a_few : Math.ceil(s.get_ready_s);
      byId("stretch-start").hidden = s.heat_on || s.ended !== null;
      byId("off-first").hidden = !s.heat_on;
      byId("ended-say").hidden = s.heat_on || s.ended !== null;
    }
    if (s.phase === "stretching") {
      byId("item-count").textContent = words.stretch_of.replace("{number}", s.item_index + 1).replace("{total}", s.items_total);
      byId("item-clock").textContent = clock(s.item_left_s);
      for (const item of root.querySelectorAll(".item")) {
        const wanted = Number(item.dataset.item) === s.item_index;
        present(item, wanted);
        if (wanted) {
          byId("easier").hidden = s.eased || !item.dataset.easier;
          item.querySelector(".easier").hidden = !s.eased;
        }
      }
    }
    ask(s.question, s.question_left_s);
    if (s.phase === "heating" || s.phase === "stretching") stayAwake();
    if (s.phase === "rating" || s.phase === "ended") {
      byId("why").textContent = s.ended_text || "";
      undim();
      leave(0);
    }
    draw(s);
  }

  /* Shows one stretch and cuts the empty space above and below its two drawings, the same for both. */
  function present(item, wanted) {
    if (item.hidden === !wanted) return;
    item.hidden = !wanted;
    if (!wanted) return;
    const poses = item.querySelector(".poses");
    if (poses) poses.classList.add("plays");
    byId("item-told").textContent = item.querySelector("h2").textContent;
    const drawings = [...item.querySelectorAll(".poses svg")];
    const boxes = drawings.map((svg) => svg.getBBox());
    if (!boxes.length || boxes.some((box) => box.height === 0)) return;
    const top = Math.min(...boxes.map((box) => box.y)) - 4;
    const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 4;
    for (const svg of drawings) {
      svg.removeAttribute("width");
      svg.removeAttribute("height");
      svg.setAttribute("viewBox", "0 " + top + " " + svg.viewBox.baseVal.width + " " + (bottom - top));
    }
  }

  let leaving = false;
  function leave(afterMs) {
    if (leaving) return;
    leaving = true;
    close();
    const since = performance.now();
    const go = () => {
      const saying = voice.speech && voice.speech.speaking && performance.now() - since < SAYING_MS;
      if (saying) window.setTimeout(go, 200);
      else window.location.replace(root.dataset.after);
    };
    window.setTimeout(go, afterMs);
  }

  function draw(s) {
    if (!["heating", "paused"].includes(s.phase) || compared) return;
    if (!chart) {
      chart = new SkinChart(byId("chart"), byId("rows"), plan, words);
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
    if (source || leaving) return;
    heardAt = performance.now();
    source = new EventSource(root.dataset.stream);
    source.addEventListener("history", (event) => {
      samples(JSON.parse(event.data).samples);
    });
    source.addEventListener("snapshot", (event) => {
      const s = JSON.parse(event.data);
      heardAt = performance.now();
      trouble("");
      samples(s.samples);
      voice.say(s.prompts);
      if (s.prompts.length) byId("dim-said").textContent = s.prompts[s.prompts.length - 1].text;
      show(s);
    });
    source.addEventListener("gone", (event) => {
      trouble(JSON.parse(event.data).text, TOLD_MS);
      heatUnknown();
      leave(3000);
    });
    source.addEventListener("error", () => {
      if (!leaving) lost();
      if (source && source.readyState === EventSource.CLOSED) {
        close();
        window.setTimeout(listen, 2000);
      }
    });
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button === root) return;
    event.preventDefault();
    const value = button.dataset.value;
    wish(button.dataset.do, value === undefined || value === "fine" ? value : Number(value));
  });
  byId("stop").addEventListener("click", (event) => {
    event.preventDefault();
    wish("stop");
  });
  function reopen(box) {
    sent.delete(box);
    box.checked = box.disabled = false;
  }
  function confirmCheck(box) {
    box.disabled = true;
    sent.set(box, performance.now());
    wish("check", box.dataset.check).then((taken) => {
      if (!taken) reopen(box);
    });
  }
  root.addEventListener("change", (event) => {
    if (event.target.dataset.check !== undefined && event.target.checked) confirmCheck(event.target);
  });
  // Boxes ticked before this script was there.
  root.querySelectorAll("[data-check]:checked:enabled").forEach(confirmCheck);
  for (const dialog of root.querySelectorAll("dialog")) {
    dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  /* What a key, or a tap on the dark page, means now; null: nothing. */
  function meant(key) {
    const stops = key === "Escape" || key.toLowerCase() === "s";
    const digit = /^[0-9]$/.test(key);
    if (BY_HAND.includes(shot.question)) return null;
    if (shot.question === "awake") return ["awake"];
    if (shot.question === "comfort") return stops ? ["stop"] : ["comfort", digit ? Number(key) : "fine"];
    if (shot.phase === "heating") return [key === " " ? "pause" : "stop"];
    if (shot.phase === "paused") return [key === " " || key === "tap" ? "resume" : "stop"];
    if (shot.phase === "stretching") {
      const does = { " ": "stretch_done", tap: "stretch_done", s: "stretch_skip", e: "stretch_easier", h: "stretch_hurt" };
      return key === "Escape" ? ["stop"] : does[key] ? [does[key]] : null;
    }
    return shot.phase === "heat_ended" && key === "tap" ? ["stretch_start"] : null;
  }

  let fineAt = -AGAIN_MS;
  const plain = ["Tab", "Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "F5", "F11", "F12"];
  document.addEventListener("keydown", (event) => {
    if (!shot || event.ctrlKey || event.metaKey || event.altKey || plain.includes(event.key) || event.repeat) return;
    const onControl = dim.hidden && event.target.closest("button, a, input, summary");
    if (onControl && (event.key === "Enter" || event.key === " ")) return;
    const wanted = meant(event.key);
    if (wanted === null) return;
    /* Two keys in a row are no "comfortable": whoever hits keys while the question is open may want it off. */
    const fine = wanted[0] === "comfort" && wanted[1] === "fine";
    const again = fine && performance.now() - fineAt < AGAIN_MS;
    if (fine) fineAt = performance.now();
    wish(...(again ? ["pause"] : wanted));
    event.preventDefault();
  });

  /* The dark page: one target as large as the screen. A tap answers or stops; a finger that stays down stops. */
  let held = null;
  let answeredAt = 0;
  function darken() {
    dim.hidden = false;
    dim.focus();
    if (shot) ask(shot.question, shot.question_left_s);
  }
  function undim() {
    if (dim.hidden) return;
    dim.hidden = true;
    if (shot) ask(shot.question, shot.question_left_s);
  }
  for (const button of root.querySelectorAll(".darken")) button.addEventListener("click", darken);
  byId("undim").addEventListener("click", undim);
  dim.addEventListener("pointerdown", (event) => {
    if (event.target.closest("#undim")) return;
    held = window.setTimeout(() => {
      held = null;
      wish("stop");
    }, HELD_MS);
  });
  dim.addEventListener("pointerup", () => {
    if (held === null) return;
    window.clearTimeout(held);
    held = null;
    if (performance.now() - answeredAt < SAME_TAP_MS) return;
    const wanted = shot && meant("tap");
    if (shot && shot.question) answeredAt = performance.now();
    if (wanted) wish(...wanted);
  });
  dim.addEventListener("pointercancel", () => {
    window.clearTimeout(held);
    held = null;
  });

  for (const choice of root.querySelectorAll("[name=voice]")) {
    choice.checked = choice.value === voice.mode;
    choice.addEventListener("change", () => voice.choose(choice.value));
  }
  byId("try-voice").addEventListener("click", () => voice.say([JSON.parse(byId("sample-prompt").textContent)]));
  voice.tell();

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && shot && ["heating", "stretching"].includes(shot.phase)) stayAwake();
  });
  window.addEventListener("pagehide", () => {
    close();
  });
  window.addEventListener("pageshow", listen);
  window.setInterval(() => {
    const shown = shot && ["heating", "paused", "heat_ended", "stretching"].includes(shot.phase);
    if (shown && !leaving && performance.now() - heardAt > SILENT_MS) lost();
  }, 1000);
  listen();
})();
