/* Passkeys: joins allauth's own script to forms marked data-passkey="login|add|authenticate". Where the browser
   knows no passkeys, what is hidden stays hidden, and the other ways remain. */
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !window.allauth || !window.isSecureContext) return;
  var makers = { login: "loginForm", add: "addForm", authenticate: "authenticateForm" };
  var form = document.querySelector("form[data-passkey]");
  if (!form) return;
  var ids = { credential: form.dataset.credential || "passkey-credential", data: "passkey-data" };
  if (form.dataset.passkey === "login") delete ids.data;
  if (form.dataset.passwordless) ids.passwordless = form.dataset.passwordless;
  ids[form.dataset.passkey] = "passkey-button";
  window.allauth.webauthn.forms[makers[form.dataset.passkey]]({ ids: ids });
  form.hidden = false;
  document.querySelectorAll("[data-passkey-missing]").forEach(function (part) { part.hidden = true; });
  document.querySelectorAll("[data-passkey-shown]").forEach(function (part) { part.hidden = false; });

  var failed = document.querySelector("[data-passkey-failed]");
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    if (failed) failed.hidden = false;
  });
  document.getElementById("passkey-button").addEventListener("click", function () {
    if (failed) failed.hidden = true;
  });
})();
