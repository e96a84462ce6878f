// The page works without this. In Airflow's frame it takes over the theme that is chosen there, and opens links to
// Airflow's own pages in the window around the frame, which a sandboxed frame may not do by itself.
(() => {
  const framed = window.parent !== window;
  let around = null;
  try {
    around = framed ? window.parent.document : null;
  } catch {
    around = null; // another site frames us: it is none of our business
  }
  const theme = around && ["dark", "light"].find((name) => around.documentElement.classList.contains(name));
  if (theme) {
    document.documentElement.dataset.theme = theme;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-airflow]");
    if (!link || !around || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
      return;
    }
    event.preventDefault();
    const there = around.createElement("a");
    there.href = link.href;
    around.body.append(there);
    there.click();
    there.remove();
  });
})();
