/* The live chart: planned skin curve (soft), the skin now (strong), the cut-off as a named line. */
"use strict";

/* A figure with one digit after the decimal mark of the page's language. */
function oneDigit(value) {
  return value.toLocaleString(document.documentElement.lang || "en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/* A temperature in the unit of the page; everything that is sent is in °C. */
function degrees(celsius) {
  return document.getElementById("session").dataset.units === "us" ? celsius * 1.8 + 32 : celsius;
}

(function () {
  function css(name) {
    return getComputedStyle(document.body).getPropertyValue(name).trim();
  }

  function namedLine(y, label, colour) {
    return function (u) {
      const at = u.valToPos(y, "y", true);
      const c = u.ctx;
      c.save();
      c.strokeStyle = colour;
      c.fillStyle = colour;
      c.setLineDash([6, 6]);
      c.lineWidth = 2;
      c.beginPath();
      c.moveTo(u.bbox.left, at);
      c.lineTo(u.bbox.left + u.bbox.width, at);
      c.stroke();
      c.font = 13 * devicePixelRatio + "px system-ui, sans-serif";
      c.textAlign = "right";
      c.textBaseline = "alphabetic";
      c.fillText(label, u.bbox.left + u.bbox.width - 6, at - 6 * devicePixelRatio);
      c.restore();
    };
  }

  /* The name of a line stands at its last point: above it where it has risen over the other, else below. */
  function nameAtEnd(u, series, text, colour, above) {
    const values = u.data[series];
    let last = values.length - 1;
    while (last >= 0 && values[last] === null) last -= 1;
    if (last < 0) return;
    const c = u.ctx;
    const x = u.valToPos(u.data[0][last], "x", true);
    const y = u.valToPos(values[last], "y", true);
    const left = x < u.bbox.left + u.bbox.width * 0.6;
    c.save();
    c.fillStyle = colour;
    c.font = 13 * devicePixelRatio + "px system-ui, sans-serif";
    c.textBaseline = "alphabetic";
    c.textAlign = left ? "left" : "right";
    c.fillText(text, x + (left ? 6 : -4) * devicePixelRatio, y + (above && !left ? -10 : 18) * devicePixelRatio);
    c.restore();
  }

  class SkinChart {
    constructor(place, rows, plan, words) {
      this.place = place;
      this.rows = rows;
      this.plan = plan;
      this.words = words;
      this.skin = new Map();
      this.heatZero = null;
      const times = plan.time_s.filter((t) => t <= plan.heat_s + 1);
      this.planned = new Map(times.map((t, i) => [Math.round(t), degrees(plan.skin_c[i])]));
      const ink = css("--ink") || "#eee";
      const soft = css("--ink-soft") || "#999";
      const ember = css("--ember") || "#e0803a";
      const axis = { stroke: soft, grid: { stroke: "rgba(128,128,128,0.25)", width: 1 }, ticks: { show: false }, font: "13px system-ui" };
      const low = Math.floor(degrees(Math.min(32, ...plan.skin_c) - 1));
      const cutoff = degrees(plan.cutoff_c);
      const told = plan.cutoff_c === cutoff ? cutoff : Math.round(cutoff);
      this.chart = new uPlot(
        {
          width: place.clientWidth || 300,
          height: 240,
          legend: { show: false },
          cursor: { show: false },
          scales: { x: { time: false, range: () => [0, this.lastMinute()] }, y: { range: [low, degrees(plan.cutoff_c + 2)] } },
          axes: [axis, { ...axis, size: 40, space: 22, incrs: [1, 2, 5, 10] }],
          series: [
            {},
            { label: "planned", stroke: soft, width: 2, dash: [2, 4], spanGaps: true, points: { show: false } },
            { label: "skin", stroke: ember, width: 3, spanGaps: true, points: { show: false } },
          ],
          hooks: { draw: [namedLine(cutoff, words.cutoff.replace("{cutoff}", told), ink), (u) => this.names(u, soft, ember)] },
        },
        this.data(),
        place
      );
      new ResizeObserver(() => this.chart.setSize({ width: place.clientWidth, height: 240 })).observe(place);
      this.table();
    }

    add(samples, heatOffset) {
      for (const [at, skin] of samples) {
        if (skin !== null) this.skin.set(Math.round(at - heatOffset), degrees(skin));
      }
      this.chart.setData(this.data());
      this.table();
    }

    names(u, soft, ember) {
      const now = this.latest();
      const planned = now === null ? null : this.nearestValue(this.planned, now[0], 60);
      const above = planned === null || now[1] >= planned;
      nameAtEnd(u, 1, this.words.planned, soft, !above);
      if (now !== null) nameAtEnd(u, 2, this.words.skin, ember, above);
    }

    latest() {
      let last = null;
      for (const entry of this.skin) if (last === null || entry[0] > last[0]) last = entry;
      return last;
    }

    lastMinute() {
      const last = this.skin ? this.latest() : null;
      return Math.max(this.plan.heat_s, last === null ? 0 : last[0]) / 60;
    }

    data() {
      const seconds = [...new Set([...this.planned.keys(), ...this.skin.keys()])].filter((s) => s >= 0).sort((a, b) => a - b);
      return [
        seconds.map((s) => s / 60),
        seconds.map((s) => this.planned.get(s) ?? null),
        seconds.map((s) => this.skin.get(s) ?? null),
      ];
    }

    nearest(map, second, within) {
      const value = this.nearestValue(map, second, within);
      return value === null ? "–" : oneDigit(value);
    }

    nearestValue(map, second, within) {
      let best = null;
      for (const [s, value] of map) {
        const away = Math.abs(s - second);
        if (away <= within && (best === null || away < best[0])) best = [away, value];
      }
      return best === null ? null : best[1];
    }

    table() {
      const minutes = Math.floor(this.lastMinute() + 0.01);
      const cells = [];
      for (let m = 0; m <= minutes; m += 1) {
        const row = document.createElement("tr");
        for (const text of [String(m), this.nearest(this.planned, m * 60, 40), this.nearest(this.skin, m * 60, 10)]) {
          const cell = document.createElement("td");
          cell.textContent = text;
          row.append(cell);
        }
        cells.push(row);
      }
      this.rows.replaceChildren(...cells);
    }
  }

  window.SkinChart = SkinChart;
})();
