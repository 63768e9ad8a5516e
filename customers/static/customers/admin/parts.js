// What unfold's templates call by name, told to Alpine: its strict build sees no globals.
document.addEventListener("alpine:init", () => {
  const kept = "sidebarDesktopOpen";
  Alpine.data("page", () => ({
    activeTab: "",
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem(kept) !== "0",
    init() {
      this.activeTab = getCurrentTab() || this.$el.dataset.tab;
      this.$watch(kept, (open) => localStorage.setItem(kept, open ? "1" : "0"));
    },
  }));
  Alpine.data("theme", (...given) => theme(...given));
  Alpine.data("searchForm", () => searchForm());
});

// Django's boxes of two lists name a mark that has no role to be named by.
addEventListener("load", () => {
  for (const mark of document.querySelectorAll(".help-tooltip[aria-label]")) {
    mark.setAttribute("role", "img");
  }
});
