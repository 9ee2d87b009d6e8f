// Clinics near where one is. Where that is never leaves the device: the files fetched are the ones that everybody
// gets, chosen here by the boxes round the clinics of each district. The page works without this script.
(() => {
  "use strict";
  const ko = document.documentElement.lang === "ko";
  const t = (k, e) => (ko ? k : e);
  const button = document.getElementById("from-here");
  const box = document.getElementById("here");
  const ROWS = 20, FILES = 6, RADIUS = 6371;
  const WORDS = {
    m: ["many", "●", t("많음", "many")], f: ["few", "◐", t("적음", "few")], n: ["none", "○", t("마감", "full")],
    "-": ["closed", "–", t("휴무", "closed")],
  };
  if (!button || !box || !navigator.geolocation || !isSecureContext) return;
  button.hidden = false;

  const rad = (d) => d * Math.PI / 180;
  function km(a, b) {
    const n = Math.sin(rad(b.lat - a.lat) / 2), e = Math.sin(rad(b.lon - a.lon) / 2);
    return 2 * RADIUS * Math.asin(Math.sqrt(n * n + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * e * e));
  }
  const within = (v, low, high) => Math.min(Math.max(v, low), high);
  // No clinic of a district is nearer than its box.
  const toBox = (p, d) => km(p, { lat: within(p.lat, d[1], d[3]), lon: within(p.lon, d[2], d[4]) });

  async function json(path) {
    const answer = await fetch(path, { credentials: "omit" });
    if (!answer.ok) throw new Error(path);
    return answer.json();
  }

  // District after district, nearest box first, until the rest cannot hold anything nearer.
  async function nearest(here) {
    const all = (await json("/static/districts.json")).districts;
    const boxes = all.map((d) => ({ code: d[0], km: toBox(here, d) })).sort((a, b) => a.km - b.km);
    const part = chosen("part")[0], ending = part && part !== "day" ? `.${part}` : "";
    let found = [];
    for (let i = 0; i < Math.min(FILES, boxes.length); i++) {
      if (found.length >= ROWS && found[ROWS - 1].km <= boxes[i].km) break;
      const code = boxes[i].code;
      const [file, free] = await Promise.all([
        json(`/static/clinics/${code}.json`), json(`/availability/${code}${ending}.json`).catch(() => null)]);
      found = found.concat(file.clinics.map((c) => Object.assign(c, { km: km(here, c), free })));
      found.sort((a, b) => a.km - b.km);
    }
    return found.slice(0, ROWS);
  }

  function el(name, text, attributes) {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    Object.entries(attributes || {}).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  }

  function say(text) {
    box.replaceChildren(el("p", text, { role: "status", class: "note" }));
    box.hidden = false;
  }

  const chosen = (name) => Array.from(document.querySelectorAll(`[name=${name}]:checked`)).map((i) => i.value);

  function day(date, letter) {
    const [kind, sign, word] = WORDS[letter] || ["unknown", "?", t("모름", "unknown")];
    const weekday = new Date(date + "T00:00:00Z").getUTCDay(), m = Number(date.slice(5, 7)), n = Number(date.slice(8));
    const names = t("일 월 화 수 목 금 토", "Sun Mon Tue Wed Thu Fri Sat").split(" ");
    const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    const label = ko ? `${m}/${n} ${names[weekday]}` : `${names[weekday]} ${n} ${months[m - 1]}`;
    const li = el("li", "", { class: kind }), cell = el("span");
    cell.append(el("b", label), " ", el("span", sign, { "aria-hidden": "true" }), " " + word);
    li.append(cell);
    return li;
  }

  function row(clinic, i) {
    const li = el("li"), head = el("div", "", { class: "head" }), h3 = el("h3");
    const book = button.dataset.book;
    h3.append(el(book ? "a" : "span", clinic.name, book ? { href: book + clinic.id, lang: "ko" } : { lang: "ko" }));
    head.append(el("span", String(i + 1), { class: "no", "aria-hidden": "true" }), h3);
    const away = Math.max(0.1, Math.ceil(clinic.km * 10) / 10).toFixed(1);
    const p = el("p", "", { class: "soft" });
    p.append(el("b", ko ? `직선 거리 ${away} km` : `${away} km away`), el("br"), el("span", clinic.address, { lang: "ko" }));
    li.append(head, p);
    const letters = clinic.free && clinic.free.as_of && clinic.free.clinics[clinic.id];
    if (letters) {
      const wanted = chosen("day");
      const strip = el("ul", "", { class: "strip" });
      clinic.free.days.forEach((date, n) => {
        if (!wanted.length || wanted.includes(date)) strip.append(day(date, letters[n]));
      });
      li.append(strip);
    } else {
      li.append(el("p", "? " + t("지금은 빈자리를 알 수 없음", "What is free is not known now"), { class: "soft" }));
    }
    return li;
  }

  function show(found) {
    const title = el("h2", t("지금 계신 곳에서 가까운 의료기관", "Clinics near where you are"), { tabindex: "-1" });
    const list = el("ol", "", { class: "rows found" });
    list.append(...found.map(row));
    const times = found.map((c) => c.free && c.free.as_of).filter(Boolean).sort();
    const at = times.length ? window.charye.hms(Date.parse(times[0])) : "";
    const note = at ? ko ? `${at} 기준 빈자리입니다. ` : `Free places as of ${at}. ` : "";
    box.replaceChildren(title, el("p", note + t("계신 위치는 이 기기 안에서만 쓰고 보내지 않았습니다.",
      "Your position was used on this device only and was not sent."), { class: "soft" }), list);
    title.focus();
  }

  button.addEventListener("click", () => {
    say(t("위치를 확인하고 있습니다.", "Finding where you are."));
    const failed = () => say(t("위치를 확인하지 못했습니다. 위에 동네 이름을 적어 주십시오.",
      "Your position could not be found. Please write the name of a neighbourhood above."));
    navigator.geolocation.getCurrentPosition((position) => {
      const here = { lat: position.coords.latitude, lon: position.coords.longitude };
      nearest(here).then(show).catch(() => say(t("목록을 읽지 못했습니다. 잠시 뒤 다시 눌러 주십시오.",
        "The list could not be read. Please press again shortly.")));
    }, failed, { timeout: 15000, maximumAge: 60000 });
  });
})();
