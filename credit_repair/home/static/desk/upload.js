/* Forms marked data-upload send their files in parts: a broken line costs one part, and the same file goes on where it
   was, after a reload too. What the parts are and where they go, the server says; without this script the form posts. */
(function () {
  "use strict";
  if (!window.fetch || !window.AbortController || !Blob.prototype.slice || !Blob.prototype.arrayBuffer) return;
  var EDGE = 65536, PART_TIMEOUT = 120000, LONGEST_WAIT = 30000;

  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }

  function make(tag, css, text) {
    var part = document.createElement(tag);
    if (css) part.className = css;
    if (text) part.textContent = text;
    return part;
  }

  // What the file is known by: not who could forge it, only whether it is the same one again.
  async function fingerprint(file) {
    var ends = [file.slice(0, EDGE), file.slice(Math.max(0, file.size - EDGE))];
    var one = 0xdeadbeef, two = 0x41c6ce57;
    for (var end of ends) {
      new Uint8Array(await end.arrayBuffer()).forEach(function (byte) {
        one = Math.imul(one ^ byte, 2654435761);
        two = Math.imul(two ^ byte, 1597334677);
      });
    }
    return [file.size, file.lastModified, (one >>> 0).toString(16), (two >>> 0).toString(16)].join("-");
  }

  // Ends after so long, or as soon as the line is back.
  function rest(delay) {
    return new Promise(function (done) {
      var timer = window.setTimeout(over, delay);
      function over() {
        window.clearTimeout(timer);
        window.removeEventListener("online", over);
        done();
      }
      window.addEventListener("online", over);
    });
  }

  // An address on the page that is open would only scroll: what was saved is to be seen.
  function come(address) {
    var to = new URL(address, window.location.href);
    var here = to.href.split("#")[0] === window.location.href.split("#")[0];
    window.location.assign(to.href);
    if (here && to.hash) window.location.reload();
  }

  // `later`: the same file may be taken another time.
  function Refused(words, later) { this.words = words; this.later = later; }
  function Cancelled() {}

  function Uploads(form) {
    var list = form.querySelector("[data-upload-list]");
    var said = form.querySelector("[data-upload-said]");
    var token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    var queue = [], running = false, saved = 0, failed = 0, next = form.dataset.next || "";

    function say(name, percent) {
      return (form.dataset["say" + name[0].toUpperCase() + name.slice(1)] || "").replace("{percent}", percent);
    }

    function Row(file) {
      var row = this;
      this.file = file;
      this.tries = 0;
      this.item = make("li", "dk-upload__item");
      var name = make("span", "dk-upload__name", file.name + " ");
      name.appendChild(make("span", "dk-upload__size", size(file.size)));
      this.button = make("button", "btn btn-link btn-sm", say("cancel"));
      this.button.type = "button";
      this.button.setAttribute("aria-label", say("cancel") + " " + file.name);
      this.button.addEventListener("click", function () { row.press(); });
      this.bar = make("progress");
      this.bar.max = 100;
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", file.name);
      this.words = make("p", "dk-upload__words");
      [name, this.button, this.bar, this.words].forEach(function (part) { row.item.appendChild(part); });
      list.appendChild(this.item);
      this.tell("waiting", say("waiting"));
    }

    Row.prototype.tell = function (state, words, quietly) {
      this.item.dataset.state = state;
      this.words.textContent = words;
      if (!quietly) said.textContent = this.file.name + " " + words;
    };

    Row.prototype.show = function (received, name) {
      var percent = Math.min(100, Math.floor(received * 100 / this.file.size));
      var step = Math.floor(percent / 25) !== Math.floor(this.bar.value / 25);
      this.bar.value = percent;
      this.tell("running", say(name, percent), !step);
    };

    // The one button beside a file: cancel while it runs, try again when it failed.
    Row.prototype.press = function () {
      if (this.item.dataset.state === "failed") {
        failed -= 1;
        this.tries = 0;
        this.button.textContent = say("cancel");
        this.tell("waiting", say("waiting"));
        queue.push(this);
        run();
        return;
      }
      this.cancelled = true;
      this.button.hidden = true;
      this.tell("cancelled", say("cancelled"));
      if (this.stop) this.stop.abort();
    };

    // One question to the server; asked again for as long as it is the line or the load that fails.
    Row.prototype.ask = async function (address, options) {
      for (;;) {
        if (this.cancelled) throw new Cancelled();
        this.stop = new AbortController();
        var timer = window.setTimeout(function (stop) { stop.abort(); }, PART_TIMEOUT, this.stop);
        var answer = null, wait = Math.min(LONGEST_WAIT, 1000 * Math.pow(2, this.tries));
        try {
          answer = await fetch(address, {
            method: "POST", body: options.body, signal: this.stop.signal, credentials: "same-origin", redirect: "manual",
            headers: Object.assign({ "X-CSRFToken": token, Accept: "application/json" }, options.headers)
          });
          var json = /json/.test(answer.headers.get("Content-Type") || "") ? await answer.json() : {};
          if (answer.ok || (answer.status === 409 && json.received !== undefined)) { this.tries = 0; return json; }
          // The answer to the last question was lost on the way: the page that comes next shows what is there.
          if (answer.status === 404 && options.last && this.tries) return {};
          if (json.words && answer.status < 500 && answer.status !== 429) throw new Refused(json.words);
          if (answer.status !== 429 && answer.status < 500) throw new Refused(say("gone"));
          wait = Math.max(wait, 1000 * Number(answer.headers.get("Retry-After") || 0));
          if (json.words && this.tries > 2) throw new Refused(json.words, true);
        } catch (error) {
          if (error instanceof Refused) throw error;
          if (this.cancelled) throw new Cancelled();
        } finally {
          window.clearTimeout(timer);
        }
        this.tries += 1;
        this.tell("waiting-line", navigator.onLine === false ? say("offline") : say("busy"), this.tries > 1);
        await rest(wait);
      }
    };

    Row.prototype.send = async function () {
      var file = this.file;
      if (!file.size) throw new Refused(say("empty"));
      if (file.size > Number(form.dataset.maxBytes)) throw new Refused(say("large"));
      var asked = new FormData(form);
      asked.delete("file");
      asked.append("name", file.name);
      asked.append("size", file.size);
      asked.append("fingerprint", await fingerprint(file));
      var begun = await this.ask(form.dataset.begin, { body: asked });
      var at = begun.received;
      this.show(at, at ? "resumed" : "running");
      try {
        while (at < file.size) {
          var part = file.slice(at, Math.min(file.size, at + begun.part));
          var headers = { "Content-Type": "application/octet-stream", "Upload-Offset": String(at) };
          at = (await this.ask(begun.upload, { body: part, headers: headers })).received;
          this.show(at, "running");
        }
        this.button.hidden = true;
        this.tell("checking", say("checking"));
        var ended = await this.ask(begun.end, { last: true });
        next = next || ended.redirect || "";
      } catch (error) {
        if (error instanceof Cancelled) {
          var drop = new FormData();
          drop.append("drop", "1");
          drop.append("csrfmiddlewaretoken", token);
          fetch(begun.end, { method: "POST", body: drop, credentials: "same-origin", redirect: "manual" }).catch(function () {});
        }
        throw error;
      }
    };

    async function run() {
      if (running) return;
      running = true;
      var row;
      while ((row = queue.shift())) {
        try {
          if (row.cancelled) continue;
          await row.send();
          row.bar.value = 100;
          row.tell("done", say("done"));
          saved += 1;
        } catch (error) {
          if (error instanceof Cancelled) continue;
          failed += 1;
          row.button.hidden = error instanceof Refused && !error.later;
          row.button.textContent = say("again");
          row.tell("failed", error instanceof Refused ? error.words : say("failed"));
        }
      }
      running = false;
      if (saved && !failed) { come(next || window.location.href); return; }
      if (saved && !form.querySelector("[data-upload-see]")) {
        var see = make("a", "btn btn-outline-primary mt-3", say("see"));
        see.href = next || window.location.href;
        see.dataset.uploadSee = "";
        list.after(see);
      }
    }

    function take(input) {
      list.hidden = false;
      Array.prototype.forEach.call(input.files, function (file) { queue.push(new Row(file)); });
      input.value = "";
      run();
    }

    form.querySelector("[data-upload-send]").hidden = true;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.querySelectorAll("input[type=file]").forEach(function (input) {
      input.addEventListener("change", function () { if (input.files.length) take(input); });
      if (input.files.length) take(input);
    });
    window.addEventListener("beforeunload", function (event) { if (running) event.preventDefault(); });
  }

  document.querySelectorAll("form[data-upload]").forEach(Uploads);
})();
