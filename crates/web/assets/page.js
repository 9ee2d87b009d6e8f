// Small improvements; every page works without. The clock is the server's, kept going by the monotonic timer.
(() => {
  "use strict";
  const ko = document.documentElement.lang === "ko";
  const all = (selector) => Array.prototype.slice.call(document.querySelectorAll(selector));
  const pad = (n) => (n < 10 ? "0" : "") + n;
  const clock = document.querySelector("[data-now]");
  let base = (clock ? Number(clock.dataset.now) : Date.now()) - performance.now();
  const now = () => base + performance.now();

  // Korea is +09:00 all year.
  function hms(ms) {
    const t = new Date(ms + 324e5);
    return pad(t.getUTCHours()) + ":" + pad(t.getUTCMinutes()) + ":" + pad(t.getUTCSeconds());
  }

  function left(s) {
    if (s > 60) return ko ? `약 ${Math.ceil(s / 60)}분` : `about ${Math.ceil(s / 60)} minutes`;
    const tens = Math.ceil(s / 10) * 10;
    return ko ? `${tens}초` : `${tens} seconds`;
  }

  function countdown(s) {
    const d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
    if (d) return ko ? `${d}일 ${h}시간` : `${d} d ${h} h`;
    if (h) return ko ? `${h}시간 ${m}분` : `${h} h ${m} min`;
    return ko ? `${m}분 ${s % 60}초` : `${m} min ${s % 60} s`;
  }

  function put(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  function tick() {
    put(clock, hms(now()));
    all("[data-until]").forEach((el) => {
      const seconds = Math.max(0, Math.ceil((Number(el.dataset.until) - now()) / 1000));
      if (el.tagName === "PROGRESS") el.value = seconds;
      else put(el, el.dataset.how === "left" ? left(seconds) : countdown(seconds));
      if (seconds === 0) over(el);
    });
  }

  // At the end of a countdown the words change in place; nothing moves, nothing is fetched.
  function over(el) {
    const end = document.getElementById(el.dataset.end || "");
    if (end && end.hidden) {
      end.hidden = false;
      const box = document.getElementById(el.dataset.hide || "");
      if (box) box.hidden = true;
    }
  }

  // A second press of the same button does nothing; pages kept by the browser are freed again.
  function guard(event) {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    all("button").forEach((b) => form.contains(b) && b.setAttribute("aria-disabled", "true"));
    setTimeout(() => free(form), 8000);
  }

  function free(form) {
    delete form.dataset.sent;
    all("button").forEach((b) => form.contains(b) && b.removeAttribute("aria-disabled"));
  }

  document.addEventListener("submit", guard);
  addEventListener("pageshow", () => all("form").forEach(free));
  all("[data-print]").forEach((b) => {
    b.hidden = false;
    b.addEventListener("click", () => print());
  });
  const picture = document.querySelector("[data-from-picture]");
  if (picture && !picture.value && /^#[-\w]{16,}/.test(location.hash)) picture.value = location.hash.slice(1);
  const errors = document.getElementById("errors");
  if (errors) errors.focus();

  window.charye = { now, hms, put, rebase: (ms) => { if (ms > now()) base = ms - performance.now(); } };
  tick();
  setInterval(tick, 1000);
})();
