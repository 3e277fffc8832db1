/* The curves follow the sliders: one question at a time, the newest wins. */
"use strict";

(function () {
  const form = document.getElementById("controls");
  const answer = document.getElementById("answer");
  const told = document.getElementById("told");
  const distance = form.elements.distance_cm;
  let asking = false;
  let wanted = null;
  let quiet = 0;

  /* A slider stands in cm and °C; its figure is told in the person's units. */
  function shown(range) {
    if (!range.dataset.factor) return range.value;
    return String(Math.round(Number(range.value) * Number(range.dataset.factor) + Number(range.dataset.plus)));
  }

  function query() {
    return "?" + new URLSearchParams(new FormData(form)).toString();
  }

  async function ask() {
    if (asking || wanted === null) return;
    asking = true;
    const now = wanted;
    wanted = null;
    try {
      const reply = await fetch(now, { headers: { "X-Part": "answer" } });
      const text = await reply.text();
      const open = [...answer.querySelectorAll("details")].map((d) => d.open);
      answer.innerHTML = text;
      answer.querySelectorAll("details").forEach((d, i) => (d.open = Boolean(open[i])));
      history.replaceState(null, "", now);
      answer.dataset.shown = now;
    } catch (error) {
      answer.textContent = answer.dataset.silent;
    }
    asking = false;
    ask();
  }

  form.closest(".explore").addEventListener("input", (event) => {
    const device = form.elements.device.selectedOptions[0];
    if (event.target === form.elements.device && device.dataset.contact !== "yes") {
      distance.min = device.dataset.near; // the browser moves the slider into the range that is known
      distance.max = device.dataset.far;
    }
    for (const range of form.querySelectorAll("input[type=range]")) {
      form.querySelector(`output[for="${range.id}"]`).textContent = shown(range);
    }
    document.getElementById("row-distance_cm").hidden = device.dataset.contact === "yes";
    wanted = query();
    window.clearTimeout(quiet);
    quiet = window.setTimeout(() => {
      const line = answer.querySelector("[data-told]");
      told.textContent = line ? line.dataset.told : "";
    }, 1200);
    ask();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
})();
