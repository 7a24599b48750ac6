// The board sends the parts that changed as they change. Where it cannot, the page asks for itself every few seconds.
const POLL = 3000, LOST = 15000, PAGE = 12000;
const cards = document.getElementById("cards"), lost = document.getElementById("lost");
let seen = Date.now(), streaming = false;

function parsed(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup;
  return holder.content.firstElementChild;
}
// Figures that are the same stay as they are, so that only what changed moves, and the keyboard keeps its place.
function replace(old, fresh) {
  if (old.outerHTML.replace(' changed"', '"') === fresh.outerHTML) return;
  const held = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  if (old.dataset.state !== fresh.dataset.state) fresh.classList.add("changed");
  const figures = old.querySelectorAll("dd, .huge"), news = fresh.querySelectorAll("dd, .huge");
  if (figures.length === news.length)
    news.forEach((each, n) => { if (each.textContent !== figures[n].textContent) (each.closest(".fact") || each).classList.add("changed"); });
  old.replaceWith(fresh);
  if (held) fresh.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
function renew(parts, order) {
  for (const [id, markup] of Object.entries(parts)) {
    const fresh = parsed(markup), old = document.getElementById(id);
    if (old) replace(old, fresh); else cards.append(fresh);
  }
  order.forEach((id, n) => { if (cards.children[n]?.id !== id) cards.insertBefore(document.getElementById(id), cards.children[n]); });
  heard();
}
function heard() { seen = Date.now(); lost.hidden = true; tick(); }

function listen() {
  const events = new EventSource("/events?lang=" + document.documentElement.lang);
  events.onopen = () => { streaming = true; heard(); };
  events.onmessage = (event) => { const told = JSON.parse(event.data); renew(told.parts, told.order); };
  events.addEventListener("alive", heard);
  events.onerror = () => { streaming = false; };
}
async function poll() {
  if (!streaming || Date.now() - seen > LOST) try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(LOST) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("#trouble, #office, #cards > *")];
    renew(Object.fromEntries(fresh.map((part) => [part.id, part.outerHTML])), fresh.filter((part) => part.id !== "office" && part.id !== "trouble").map((part) => part.id));
  } catch {}
  lost.hidden = Date.now() - seen < LOST;
  setTimeout(poll, POLL);
}
// Between two messages the clock goes on by itself, by how much time has passed here.
function tick() {
  const clock = document.querySelector("time[data-ticks]");
  if (!clock) return;
  clock.began ??= Date.now();
  const at = new Date(Date.parse(clock.dateTime) + Date.now() - clock.began);
  const zone = /([+-])(\d\d):(\d\d)$/.exec(clock.dateTime);
  const local = new Date(at.getTime() + (zone ? (zone[1] + 1) * (zone[2] * 60 + +zone[3]) * 60000 : 0));
  const hours = local.getUTCHours(), minutes = String(local.getUTCMinutes()).padStart(2, "0");
  const text = document.documentElement.lang === "fr" ? `${hours}\u202fh\u202f${minutes}` : `${String(hours).padStart(2, "0")}:${minutes}`;
  if (clock.textContent !== text) clock.textContent = text;
}
// Nobody scrolls on a wall: it turns its own pages, unless somebody touched it a minute ago.
if (document.body.classList.contains("full")) {
  let touched = 0;
  for (const kind of ["keydown", "pointermove", "wheel", "touchstart"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  setInterval(() => {
    if (Date.now() - touched < 60000) return;
    const room = document.documentElement.scrollHeight - innerHeight;
    scrollTo({ top: scrollY >= room - 4 ? 0 : scrollY + innerHeight * .9 });
  }, PAGE);
}
setInterval(tick, 1000);
setTimeout(poll, POLL);
listen();
