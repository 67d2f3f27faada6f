/** The demo shop: its own button opens the chat, as any site may do. */
document.querySelector("[data-contact]").addEventListener("click", () => window.Baton?.open());
