{{%AUTOESCAPE context="HTML"}}
{{>PARTS_HEAD}}
<body class="gate{{#SCENE}} two{{/SCENE}}">
<a class="skip" href="#main">Skip to content</a>
<main id="main" tabindex="-1">
<div class="stack lg">
  <div class="brand"><img class="mark" src="/static/mark.svg?v={{BUILD:u}}" alt="" width="28" height="28"><span>Latchkey</span></div>
{{>PARTS_DONE}}
  {{>PAGE}}
</div>
</main>
{{#SCENE}}<aside class="scene" aria-label="About Latchkey">
  <svg viewBox="0 0 560 400" aria-hidden="true" class="art">
    <g fill="none" stroke="#29505e" stroke-width="1"><path d="M0 80h560M0 140h560M0 200h560M0 260h560M0 320h560M80 40v320M160 40v320M240 40v320M320 40v320M400 40v320M480 40v320"/></g>
    <g fill="#1c4554"><rect x="86" y="86" width="68" height="48" rx="6"/><rect x="166" y="266" width="68" height="48" rx="6"/><rect x="326" y="86" width="68" height="48" rx="6"/><rect x="406" y="86" width="68" height="48" rx="6"/><rect x="486" y="266" width="68" height="48" rx="6"/><rect x="6" y="206" width="68" height="108" rx="6"/></g>
    <g fill="none" stroke="#e9bd6a" stroke-width="10" stroke-linecap="round" stroke-linejoin="round"><rect x="80" y="110" width="150" height="180" rx="34"/><path d="M80 168h150M230 200h250M400 200v64M480 200v42"/></g>
  </svg>
  <div class="stack"><h2>One mailbox, one key, every calendar.</h2>
  <ul class="rights" role="list">
    <li class="is-key"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#lock"/></svg>Passwords of mailboxes go in and never come out: this site cannot read them.</li>
    <li class="is-key"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg>Only busy time is read. Never a subject, a text or a guest list.</li>
    <li class="is-key"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#audit"/></svg>What is done with the key is written to a log that cannot be edited unseen.</li>
  </ul></div>
</aside>{{/SCENE}}
<p class="sr" id="say" role="status"></p>
<div class="toast" role="status"></div>
</body>
</html>
