/* How it is going: the charts, forms that are kept as one goes, and the angle of a phone. Every page works without it. */
"use strict";

(function () {
  function css(name) {
    return getComputedStyle(document.body).getPropertyValue(name).trim();
  }

  const font = () => 13 * devicePixelRatio + "px system-ui, sans-serif";

  /* Named level lines, marks of sessions along the bottom, and the names of lines at their ends. */
  function draw(u, told) {
    const c = u.ctx;
    const right = u.bbox.left + u.bbox.width;
    const bottom = u.bbox.top + u.bbox.height;
    c.save();
    c.font = font();
    c.lineWidth = 2 * devicePixelRatio;
    for (const level of told.levels) {
      const y = u.valToPos(level.at, "y", true);
      c.strokeStyle = c.fillStyle = css("--ink-soft");
      c.setLineDash([6 * devicePixelRatio, 6 * devicePixelRatio]);
      c.beginPath();
      c.moveTo(u.bbox.left, y);
      c.lineTo(right, y);
      c.stroke();
      c.textAlign = "right";
      c.textBaseline = "alphabetic";
      c.setLineDash([]);
      c.lineJoin = "round";
      c.lineWidth = 5 * devicePixelRatio;
      c.strokeStyle = css("--paper");
      c.strokeText(level.label, right - 4 * devicePixelRatio, y - 6 * devicePixelRatio);
      c.fillText(level.label, right - 4 * devicePixelRatio, y - 6 * devicePixelRatio);
      c.lineWidth = 2 * devicePixelRatio;
    }
    c.setLineDash([]);
    c.strokeStyle = css("--ember");
    c.lineWidth = 3 * devicePixelRatio;
    for (const at of told.marks) {
      const x = u.valToPos(at, "x", true);
      c.beginPath();
      c.moveTo(x, bottom);
      c.lineTo(x, bottom - 10 * devicePixelRatio);
      c.stroke();
    }
    c.restore();
  }

  function series(line) {
    if (line.style === "trend") {
      return { label: line.label, stroke: css("--ink-soft"), width: 2, dash: [2, 5], points: { show: false } };
    }
    return { label: line.label, stroke: css("--ink"), width: 2, spanGaps: true, points: { show: true, size: 7, fill: css("--ink") } };
  }

  function chart(place) {
    const told = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const axis = { stroke: css("--ink-soft"), grid: { stroke: "rgba(128,128,128,0.25)", width: 1 }, ticks: { show: false }, font: "13px system-ui, sans-serif" };
    const room = Math.max(43200, (told.x[told.x.length - 1] - told.x[0]) * 0.03);
    const day = new Intl.DateTimeFormat(document.documentElement.lang || "en", { day: "numeric", month: "short", timeZone: "UTC" });
    const width = () => Math.max(place.clientWidth, 200);
    const plot = new uPlot(
      {
        width: width(),
        height: 220,
        legend: { show: false },
        cursor: { show: false },
        tzDate: (s) => uPlot.tzDate(new Date(s * 1000), "UTC"),
        scales: { x: { time: true, range: () => [told.x[0] - room, told.x[told.x.length - 1] + room] }, y: { range: () => [told.low, told.high] } },
        axes: [
          { ...axis, space: 70, incrs: [86400, 172800, 604800, 1209600, 2419200, 4838400, 9676800], values: (u, splits) => splits.map((s) => day.format(new Date(s * 1000))) },
          { ...axis, size: 42 },
        ],
        series: [{}, ...told.lines.map(series)],
        hooks: { draw: [(u) => draw(u, told)] },
      },
      [told.x, ...told.lines.map((line) => line.values)],
      place
    );
    new ResizeObserver(() => plot.setSize({ width: width(), height: 220 })).observe(place);
  }

  if (window.uPlot) document.querySelectorAll("[data-chart]").forEach(chart);

  /* A form that is kept at each change: the newest wins, and it is said. */
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const say = form.querySelector("[data-saved]");
    let busy = false;
    let again = false;
    const keep = async () => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      try {
        const reply = await fetch(window.location.href, { method: "POST", body: new FormData(form), headers: { "X-Save": "1" } });
        say.textContent = reply.ok ? form.dataset.keep : reply.status === 422 ? await reply.text() : form.dataset.failed;
      } catch (error) {
        say.textContent = form.dataset.failed;
      }
      busy = false;
      if (again) {
        again = false;
        keep();
      }
    };
    form.addEventListener("change", keep);
  }

  /* The angle between two poses of the phone: that between the two directions of "up" as it feels them. */
  const tool = document.querySelector("[data-angle]");
  if (!tool || !window.DeviceOrientationEvent) return;
  const shown = tool.querySelector("output");
  const say = tool.querySelector("[data-say]");
  const take = tool.querySelector("[data-take]");
  let now = null;
  let zero = null;

  function up(beta, gamma) {
    const b = (beta * Math.PI) / 180;
    const g = (gamma * Math.PI) / 180;
    return [-Math.cos(b) * Math.sin(g), Math.sin(b), Math.cos(b) * Math.cos(g)];
  }

  function angle() {
    const dot = now.reduce((sum, value, i) => sum + value * zero[i], 0);
    return (Math.acos(Math.max(-1, Math.min(1, dot))) * 180) / Math.PI;
  }

  function listen() {
    window.addEventListener("deviceorientation", (event) => {
      if (event.beta === null || event.gamma === null) return;
      now = up(event.beta, event.gamma);
      if (zero !== null) shown.textContent = Math.round(angle()) + "\u00b0";
    });
  }

  tool.hidden = false;
  say.textContent = tool.dataset.hold;
  const asks = typeof DeviceOrientationEvent.requestPermission === "function";
  if (!asks) listen();
  tool.querySelector("[data-zero]").addEventListener("click", async () => {
    if (asks && now === null) {
      try {
        if ((await DeviceOrientationEvent.requestPermission()) === "granted") listen();
      } catch (error) {
        say.textContent = tool.dataset.none;
        return;
      }
      await new Promise((done) => window.setTimeout(done, 300));
    }
    if (now === null) {
      say.textContent = tool.dataset.none;
      return;
    }
    zero = now;
    shown.textContent = "0\u00b0";
    take.disabled = false;
    say.textContent = tool.dataset.go;
  });
  take.addEventListener("click", () => {
    document.getElementById("reading").value = Math.round(angle());
    say.textContent = tool.dataset.read;
  });
})();
