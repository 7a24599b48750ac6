const EVERY = 3000, LOST = 15000, PARTS = "main > *:not(section), article";
let seen = Date.now();
// What has not changed stays, so that a reader keeps the place, and the keyboard its focus.
function renew(old, fresh) {
  const held = document.activeElement.getAttribute("href");
  const parts = old.querySelectorAll(PARTS), news = fresh.querySelectorAll(PARTS);
  if (parts.length !== news.length) old.replaceWith(fresh);
  else parts.forEach((part, n) => { if (part.outerHTML !== news[n].outerHTML) part.replaceWith(news[n]); });
  if (held && document.activeElement === document.body)
    document.querySelector(`main a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
async function refresh() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(LOST) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    renew(document.querySelector("main"), document.adoptNode(page.querySelector("main")));
    seen = Date.now();
  } catch {}
  document.getElementById("lost").hidden = Date.now() - seen < LOST;
  setTimeout(refresh, EVERY);
}
setTimeout(refresh, EVERY);
