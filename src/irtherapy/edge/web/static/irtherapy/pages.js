// Small helps for the pages; every page works without them.
"use strict";

// A slider beside a number: each follows the other. The number is what is sent.
for (const range of document.querySelectorAll("input[data-mirrors]")) {
  const number = document.getElementById(range.dataset.mirrors);
  range.hidden = false;
  range.addEventListener("input", () => { number.value = range.value; });
  number.addEventListener("input", () => { range.value = number.value || 0; });
}

// The drawing of the back: a touch chooses the place; a second touch gives it back.
for (const area of document.querySelectorAll("[data-pick]")) {
  area.addEventListener("click", () => {
    const radio = document.getElementById(area.dataset.pick);
    const none = document.getElementById(area.dataset.pick.replace(/-[a-z]+$/, "-none"));
    (radio.checked ? none : radio).checked = true;
  });
}

// "None of these" becomes "No to the rest" once something is answered.
for (const form of document.querySelectorAll("form[data-rest]")) {
  const button = form.querySelector("[data-none]");
  const name = () => {
    button.textContent = form.querySelector("input[type=radio]:checked") ? button.dataset.some : button.dataset.none;
  };
  form.addEventListener("change", name);
  name();
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A long answer is on its way: say so once, and take no second press.
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    window.setTimeout(() => { button.disabled = true; button.textContent = form.dataset.busy; }, 0);
  });
}
