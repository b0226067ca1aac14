/* Usual texts: a press puts one into its field, where the cursor stands. Without this script they are copied by hand. */
(function () {
  "use strict";
  // Each list on a page brings this script along; once is enough.
  if (document.documentElement.dataset.dkTexts) return;
  document.documentElement.dataset.dkTexts = "1";
  document.querySelectorAll("[data-dk-text-into]").forEach(function (button) { button.hidden = false; });

  function insert(field, text) {
    var start = field.selectionStart, end = field.selectionEnd, before = field.value.slice(0, start);
    if (document.activeElement !== field && !field.dataset.dkTouched) {
      start = end = field.value.length;
      before = field.value;
    }
    var gap = before && !/[\n。；：，、]$/.test(before) ? "\n" : "";
    field.focus();
    field.setRangeText(gap + text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A field that was never entered has its cursor at the beginning: there nobody wants the text.
  document.addEventListener("focusin", function (event) {
    if (event.target.matches && event.target.matches("textarea")) event.target.dataset.dkTouched = "1";
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-dk-text-into]");
    if (!button) return;
    var field = document.getElementById(button.dataset.dkTextInto);
    if (field) insert(field, button.closest("li").querySelector("[data-dk-text]").innerText.trim());
  });
})();
