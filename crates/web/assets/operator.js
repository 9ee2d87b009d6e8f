// Repaints the operator's figures, once a second, from the server's own words; says when it hears nothing any more.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const silent = document.getElementById("silent");
  const alarmed = document.getElementById("alarmed");
  if (!live || !window.EventSource) return;
  let heard = performance.now();
  const source = new EventSource(live.dataset.from);
  source.addEventListener("figures", (event) => {
    heard = performance.now();
    if (event.data) live.innerHTML = event.data;
    // Whoever listens hears an alarm once, not every second.
    const all = Array.prototype.map.call(live.querySelectorAll(".alarms b"), (b) => b.textContent).join(" ");
    if (alarmed.textContent !== all) alarmed.textContent = all;
  });
  setInterval(() => { silent.hidden = performance.now() - heard < 5000; }, 1000);
})();
