/* The mouth of the session: says what the program sends, by a voice of this machine, or by tones and colours. */
"use strict";

class Voice {
  static KEPT = "irtherapy.voice";
  static PITCH = { low: 392, middle: 523, high: 659 };
  static MOST = 40; // sentences kept to read again

  /* `list` takes every sentence that was said; `onUnable` is told when this machine has no voice for the language. */
  constructor(list, onUnable) {
    this.list = list;
    this.onUnable = onUnable;
    this.language = document.documentElement.lang || "en";
    this.sound = null;
    this.mode = this.kept();
    if (this.speech) this.speech.addEventListener("voiceschanged", () => this.tell());
  }

  get speech() {
    return window.speechSynthesis || null;
  }

  kept() {
    try {
      const kept = window.localStorage.getItem(Voice.KEPT);
      return ["voice", "tones", "silent"].includes(kept) ? kept : "voice";
    } catch (error) {
      return "voice";
    }
  }

  choose(mode) {
    this.mode = mode;
    try {
      window.localStorage.setItem(Voice.KEPT, mode);
    } catch (error) {
      /* a private window: the choice holds for this page */
    }
    if (mode !== "voice" && this.speech) this.speech.cancel();
    this.tell();
  }

  /* A voice that works without a network, of this language. */
  ours() {
    if (!this.speech) return null;
    const short = this.language.split("-")[0];
    const fit = this.speech.getVoices().filter((v) => v.localService && v.lang.replace("_", "-").split("-")[0] === short);
    return fit.find((v) => v.lang === this.language) || fit.find((v) => v.default) || fit[0] || null;
  }

  /* What is really used now: "voice" only where there is one. */
  get means() {
    return this.mode === "voice" && !this.ours() ? "tones" : this.mode;
  }

  tell() {
    this.onUnable(this.mode === "voice" && !this.ours());
    document.body.dataset.means = this.means;
  }

  /* Says prompts in their order: a tone, then the words; something urgent breaks off what is being said. */
  say(prompts) {
    for (const prompt of prompts) {
      this.write(prompt);
      document.body.dataset.cue = prompt.key;
      if (this.means === "silent") continue;
      if (prompt.tone) this.tone(prompt.tone);
      if (this.means === "voice") this.speak(prompt);
    }
  }

  speak(prompt) {
    const busy = this.speech.speaking || this.speech.pending;
    if (prompt.key === "count" && busy) return; // its tone is enough: late numbers mislead
    if (prompt.urgent && busy) this.speech.cancel();
    const words = new SpeechSynthesisUtterance(prompt.text);
    words.voice = this.ours();
    words.lang = words.voice.lang;
    words.rate = 0.95;
    this.speech.speak(words);
  }

  write(prompt) {
    const line = document.createElement("li");
    line.textContent = prompt.text;
    line.dataset.key = prompt.key;
    this.list.append(line);
    while (this.list.childElementCount > Voice.MOST) this.list.firstElementChild.remove();
  }

  /* A soft tone; the first one needs a click before it, which the checks bring. */
  tone(name) {
    try {
      this.sound = this.sound || new AudioContext();
      if (this.sound.state === "suspended") this.sound.resume();
      const swing = this.sound.createOscillator();
      const level = this.sound.createGain();
      const start = this.sound.currentTime;
      swing.frequency.value = Voice.PITCH[name];
      level.gain.setValueAtTime(0.0001, start);
      level.gain.exponentialRampToValueAtTime(0.2, start + 0.05);
      level.gain.exponentialRampToValueAtTime(0.0001, start + 0.7);
      swing.connect(level).connect(this.sound.destination);
      swing.start();
      swing.stop(start + 0.8);
    } catch (error) {
      this.sound = null;
    }
  }
}
