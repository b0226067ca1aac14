/* Small comforts; every page works without them. */
(function () {
  "use strict";

  // Menus made of <details> close on Escape and on a click elsewhere.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[data-dk-menu][open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.dk-user[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // A second press of the button within three seconds is a slip, not a second submission.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if ((form.getAttribute("method") || "").toLowerCase() !== "post") return;
    if (form.hasAttribute("hx-post") || event.defaultPrevented) return;
    if (event.submitter && event.submitter.formTarget === "_blank") return; // a look at something sends nothing
    var now = Date.now();
    if (now - Number(form.dataset.dkSent || 0) < 3000) event.preventDefault();
    else form.dataset.dkSent = String(now);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-dk-sent]").forEach(function (form) { delete form.dataset.dkSent; });
  });

  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }

  // What was chosen, and at once whether it is too large (data-max-bytes, data-too-large on the input).
  document.addEventListener("change", function (event) {
    var input = event.target;
    if (input.matches("[data-dk-check-all]")) {
      document.querySelectorAll('input[type="checkbox"][name="' + input.dataset.dkCheckAll + '"]').forEach(function (box) {
        box.checked = input.checked;
      });
    }
    var frame = input.type === "file" && input.closest("[data-dk-file]");
    if (!frame) return;
    var list = frame.querySelector(".dk-file__list");
    if (!list) {
      list = document.createElement("ul");
      list.className = "dk-file__list";
      list.setAttribute("aria-live", "polite");
      frame.appendChild(list);
    }
    list.textContent = "";
    var most = Number(input.dataset.maxBytes || 0);
    Array.prototype.forEach.call(input.files, function (file) {
      var item = document.createElement("li");
      var large = most && file.size > most;
      item.textContent = file.name + " · " + size(file.size) + (large ? " · " + (input.dataset.tooLarge || "✕") : "");
      if (large) item.className = "dk-file__bad";
      list.appendChild(item);
    });
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-dk-copy], [data-dk-print]");
    if (!button) return;
    if (button.hasAttribute("data-dk-print")) { window.print(); return; }
    navigator.clipboard.writeText(button.dataset.dkCopy).then(function () {
      var word = button.querySelector("[data-dk-done]");
      if (word) word.textContent = word.dataset.dkDone;
    });
  });

  // On paper nothing is folded.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details:not([open])").forEach(function (part) {
      part.open = true;
      part.dataset.dkPrinted = "1";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-dk-printed]").forEach(function (part) {
      part.open = false;
      delete part.dataset.dkPrinted;
    });
  });

  document.querySelectorAll("[data-dk-needs-script]").forEach(function (part) { part.hidden = false; });
  document.querySelectorAll("[data-dk-copy], [data-dk-print]").forEach(function (button) {
    if (button.hasAttribute("data-dk-print") || navigator.clipboard) button.hidden = false;
  });
  var first = document.querySelector("[data-dk-focus]");
  if (first) first.focus();
})();
