{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Settings</h1><p>How long a sign-in to {{ORG}} lasts, and what protects it.</p></div>
</div>
{{>PARTS_SETTINGS}}
<div class="split">
  <section class="card" aria-labelledby="policy"><header><h2 id="policy">How long a sign-in lasts</h2><p>For everybody in {{ORG}}. Ops have set the longest times that can be chosen.</p></header><div class="body">
    <form class="stack" method="post" action="/settings/security"><input type="hidden" name="csrf" value="{{CSRF}}">
      <div class="field">
        <label class="label" for="idle">Without any click</label>
        <select class="select" id="idle" name="idle" aria-describedby="idle-hint{{#E_IDLE}} idle-err{{/E_IDLE}}"{{#E_IDLE}} aria-invalid="true"{{/E_IDLE}}>{{#IDLE}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/IDLE}}</select>
        <p class="hint" id="idle-hint">After this long without use, the password is asked for again.</p>
        {{#E_IDLE}}<p class="error" id="idle-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_IDLE}}</p>{{/E_IDLE}}
      </div>
      <div class="field">
        <label class="label" for="absolute">In all</label>
        <select class="select" id="absolute" name="absolute" aria-describedby="absolute-hint{{#E_ABSOLUTE}} absolute-err{{/E_ABSOLUTE}}"{{#E_ABSOLUTE}} aria-invalid="true"{{/E_ABSOLUTE}}>{{#ABSOLUTE}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/ABSOLUTE}}</select>
        <p class="hint" id="absolute-hint">After this long, even a session in use ends.</p>
        {{#E_ABSOLUTE}}<p class="error" id="absolute-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_ABSOLUTE}}</p>{{/E_ABSOLUTE}}
      </div>
      <div class="row"><button class="btn primary" type="submit">Save</button><span class="muted small">Sessions that are already older end at once.</span></div>
    </form>
  </div></section>
  <aside class="stack" aria-label="Facts">
    <section class="card"><header><h2>Key</h2></header><div class="body"><dl class="kv">{{#KEY}}<dt>In use</dt><dd><code>{{KEY_ID}}</code></dd><dt>Since</dt><dd><time datetime="{{KEY_SINCE_ISO}}" data-rel>{{KEY_SINCE}}</time></dd>{{/KEY}}{{#NO_KEY}}<dt>In use</dt><dd>Not known: the file of public keys cannot be read. Ops can find out why with <code>latchkey doctor</code></dd>{{/NO_KEY}}</dl></div><footer><span class="muted">This site can seal with it. Only the engine can open.</span></footer></section>
    <section class="card"><header><h2>Audit log</h2></header><div class="body"><dl class="kv">{{#SEAL}}<dt>Sealed to</dt><dd>row {{SEAL_SEQ}}</dd><dt>When</dt><dd><time datetime="{{SEAL_AT_ISO}}" data-rel>{{SEAL_AT}}</time></dd>{{/SEAL}}{{#NO_SEAL}}<dt>Sealed to</dt><dd>Nothing yet: the engine seals it once it runs</dd>{{/NO_SEAL}}</dl></div><footer><a href="/audit">Audit log</a></footer></section>
    <section class="card"><header><h2>Sign-in</h2></header><div class="body"><ul class="rights" role="list"><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg>{{TRIES_MAX}} wrong tries in {{TRIES_SPAN}}, then a wait: for each network address and each person</li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#lock"/></svg>Passwords are kept as Argon2id hashes only</li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#key"/></svg>Asked for again after {{FRESH}} before people, links and these times change</li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#mail"/></svg>An invitation ends after {{INVITE_DAYS}}, a link for a new password after {{RESET_HOURS}}</li></ul></div></section>
  </aside>
</div>
