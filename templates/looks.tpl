{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Connection</h1><p>Look at an Exchange server before you connect a mailbox: is it found, does it answer, is its certificate trusted, and how can one sign in?</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="split">
  <div class="stack">
    {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>A look you start now waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
    <section class="card" aria-labelledby="new"><header><h2 id="new">Look at a server</h2></header><div class="body">
      <form class="stack" method="post" action="/connection/look"><input type="hidden" name="csrf" value="{{CSRF}}">
        <div class="field">
          <label class="label" for="host">Server name</label>
          <input class="input" id="host" name="host" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode="url" maxlength="253" required placeholder="mail.example.com" value="{{V_HOST}}" aria-describedby="host-hint{{#E_HOST}} host-err{{/E_HOST}}"{{#E_HOST}} aria-invalid="true"{{/E_HOST}}>
          <p class="hint" id="host-hint">As in the address of Outlook on the web. You may paste the whole address.</p>
          {{#E_HOST}}<p class="error" id="host-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_HOST}}</p>{{/E_HOST}}
        </div>
        <div class="field">
          <label class="label" for="port">Port</label>
          <input class="input find" id="port" name="port" inputmode="numeric" autocomplete="off" maxlength="5" required value="{{V_PORT}}" aria-describedby="port-hint{{#E_PORT}} port-err{{/E_PORT}}"{{#E_PORT}} aria-invalid="true"{{/E_PORT}}>
          <p class="hint" id="port-hint">443 for nearly every server. Ops decide which others may be used.</p>
          {{#E_PORT}}<p class="error" id="port-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PORT}}</p>{{/E_PORT}}
        </div>
        <div class="row"><button class="btn primary" type="submit"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#server"/></svg>Look at it</button></div>
      </form>
    </div></section>
    <section class="card" id="looks" aria-labelledby="earlier"{{#LOOKS_LIVE}} data-poll="{{LOOKS_URL}}" data-every="5"{{/LOOKS_LIVE}}><header><h2 id="earlier">Earlier looks</h2></header>
      {{#LOOKS}}<div class="body">{{>PARTS_LOOKS}}</div>
      {{#PAGER}}<footer class="pager"><span class="muted">Newest first</span><span class="row tight">{{#NEWEST}}<a class="btn sm" href="/connection/look">Newest</a>{{/NEWEST}}{{#OLDER}}<a class="btn sm" href="{{OLDER_URL}}">Older<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/OLDER}}</span></footer>{{/PAGER}}{{/LOOKS}}
      {{#NO_LOOKS}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#server"/></svg></span><h3>No look yet</h3><p>Enter the name of your Exchange server above. The answer takes a few seconds.</p></div>{{/NO_LOOKS}}
    </section>
  </div>
  <aside class="stack" aria-label="About looks">
    <section class="card"><header><h2>What a look does</h2></header><div class="body"><ul class="rights" role="list"><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg>Finds the server’s address</li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg>Opens a connection and reads the certificate</li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg>Asks the server which ways to sign in it offers</li></ul><h3>What it never does</h3><ul class="rights" role="list"><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>Send a password or sign in</li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>Open a mailbox</li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>Go on when a certificate is not trusted</li></ul></div></section>
  </aside>
</div>
