// Fetches anew how far exports are, while any on the page still runs.
// The server is asked again after it was away: nothing here ends before the exports do.
const PAUSE = 2000;
const live = document.getElementById("kyb-live");
const running = () => [...document.querySelectorAll("[data-job][data-live]")];

function refresh(holder, news) {
  holder.outerHTML = news.html; // made by the server's own template, which escapes
  if (!news.live) {
    live.textContent = `${holder.dataset.job}: ${news.word}`;
    // The page of one export has more to tell once it has ended.
    if (document.querySelector("[data-reload]")) location.reload();
  }
}

async function look() {
  const ids = running().map((holder) => holder.dataset.job);
  if (!ids.length) return;
  try {
    const answer = await fetch(`${live.dataset.url}?ids=${ids.join(",")}`);
    if (answer.ok) {
      const found = await answer.json();
      for (const holder of running()) {
        const news = found[holder.dataset.job];
        if (news) refresh(holder, news);
      }
    }
  } catch (error) {
    // The server is away, or what answers in its place has no JSON.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
  }
  setTimeout(look, PAUSE);
}

if (live) look();
