const EVERY = 3000, LOST = 15000;
let seen = Date.now();
async function refresh() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const old = document.querySelector("main"), fresh = page.querySelector("main");
    if (old.innerHTML !== fresh.innerHTML) old.replaceWith(document.adoptNode(fresh));
    seen = Date.now();
  } catch {}
  document.getElementById("lost").hidden = Date.now() - seen < LOST;
  setTimeout(refresh, EVERY);
}
setTimeout(refresh, EVERY);
