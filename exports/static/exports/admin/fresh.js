// Shows anew what a page says of what is still on its way, until nothing is.
// The server is asked again after it was away: nothing here ends before the work does.
const PAUSE = 2000;
const fresh = () => document.querySelector("[data-fresh]");

async function look() {
  const old = fresh();
  if (!old) return;
  try {
    const answer = await fetch(location.href);
    if (answer.ok) {
      // Its styles have the nonce of that answer, not of this page: refused, and told.
      const text = (await answer.text()).replace(/<style[^]*?<\/style>/g, "");
      const page = new DOMParser().parseFromString(text, "text/html");
      const news = page.getElementById(old.id);
      // What somebody has the focus in stays, for this time.
      if (news && !old.contains(document.activeElement)) old.replaceWith(news);
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the server is away
  }
  setTimeout(look, PAUSE);
}

if (fresh()) setTimeout(look, PAUSE);
