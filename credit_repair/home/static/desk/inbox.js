/* The keys of the inbox. Everything they do can be done without them, and they can be switched off. */
(function () {
  "use strict";
  var STORED = "dk-inbox-keys";
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-dk-row]"));
  var bar = document.querySelector("[data-dk-keys]");
  var dialog = document.querySelector("[data-dk-keys-dialog]");
  if (!bar || !dialog || !rows.length) return;
  var toggle = bar.querySelector("[data-dk-keys-switch]");
  var here = -1;

  function remembered() {
    try { return window.localStorage.getItem(STORED); } catch (refused) { return null; }
  }
  function remember(value) {
    try { window.localStorage.setItem(STORED, value); } catch (refused) { /* then for this page alone */ }
  }
  var on = remembered() !== "off";

  function sayState() {
    toggle.setAttribute("aria-pressed", on ? "true" : "false");
    toggle.textContent = on ? toggle.dataset.on : toggle.dataset.off;
  }

  function goTo(number) {
    if (number < 0 || number >= rows.length) return;
    if (here >= 0) rows[here].classList.remove("dk-inbox__here");
    here = number;
    rows[here].classList.add("dk-inbox__here");
    // The focus goes along, so that a screen reader says the row and Enter opens it by itself.
    var link = rows[here].querySelector("[data-dk-open]");
    link.focus({ preventScroll: true });
    rows[here].scrollIntoView({ block: "nearest" });
  }

  function isTyping(target) {
    if (target.isContentEditable) return true;
    if (/^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
    return target.tagName === "INPUT" && !/^(checkbox|radio|submit|button)$/.test(target.type);
  }

  function isInList(target) {
    return target === document.body || Boolean(target.closest("[data-dk-row]"));
  }

  var keys = {
    j: function () { goTo(here + 1); },
    k: function () { goTo(here < 0 ? 0 : here - 1); },
    c: function () { press("[data-dk-claim]"); },
    x: function () { press('input[type="checkbox"]'); },
    "/": function () {
      var search = document.querySelector("[data-dk-keys-search]");
      var fold = search && search.closest("form").querySelector("details");
      if (!search) return;
      if (fold) fold.open = true;
      search.focus();
      search.select();
    },
    "?": function () { dialog.showModal(); },
  };

  function press(what) {
    var found = here >= 0 && rows[here].querySelector(what);
    if (found) found.click();
  }

  document.addEventListener("keydown", function (event) {
    if (!on || event.defaultPrevented || dialog.open) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    var key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // The arrows scroll the page wherever the list is not what one is in.
    if (key === "ArrowDown" && here >= 0 && isInList(event.target)) key = "j";
    if (key === "ArrowUp" && here >= 0 && isInList(event.target)) key = "k";
    // On a button or another link Enter is theirs; on the row's own link it opens by itself.
    if (key === "Enter" && here >= 0 && event.target === document.body) {
      rows[here].querySelector("[data-dk-open]").click();
      return;
    }
    if (!Object.prototype.hasOwnProperty.call(keys, key)) return;
    event.preventDefault();
    keys[key]();
  });

  // A row that gets the focus in another way is the present one, too.
  document.addEventListener("focusin", function (event) {
    var row = event.target.closest("[data-dk-row]");
    var number = rows.indexOf(row);
    if (number < 0 || number === here) return;
    if (here >= 0) rows[here].classList.remove("dk-inbox__here");
    here = number;
    row.classList.add("dk-inbox__here");
  });

  toggle.addEventListener("click", function () {
    on = !on;
    remember(on ? "on" : "off");
    sayState();
  });
  bar.querySelector("[data-dk-keys-show]").addEventListener("click", function () { dialog.showModal(); });
  sayState();
  bar.hidden = false;
})();
