{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Find people</h1><p>Search the directory of Exchange, or open a distribution list, and choose who becomes a member.</p></div>
</div>
<div class="split">
  <div class="stack">
    {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>A search waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
    {{#NOT_READY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg><b>The directory cannot be asked now</b><span>{{NOT_READY}}</span><span class="row"><a class="btn sm" href="/connection">See the connection</a></span></div>{{/NOT_READY}}
    <section class="card" aria-label="Search"><div class="body">
      <form class="stack" method="post" action="/members/find"><input type="hidden" name="csrf" value="{{CSRF}}">
        <div class="field">
          <label class="label" for="q">A name, or the address of a list</label>
          <input class="input" id="q" name="q" autocomplete="off" maxlength="254" required value="{{V_Q}}" aria-describedby="q-hint{{#E_Q}} q-err{{/E_Q}}"{{#E_Q}} aria-invalid="true"{{/E_Q}}>
          <p class="hint" id="q-hint">The beginning of a name or of an address is enough to search. A list is opened by its whole address, with the lists inside it.</p>
          {{#E_Q}}<p class="error" id="q-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_Q}}</p>{{/E_Q}}
        </div>
        <div class="row"><button class="btn primary" name="what" value="search"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg>Search</button><button class="btn" name="what" value="list">Open the list</button></div>
      </form>
    </div></section>
    <section class="card" aria-labelledby="earlier"><header><h2 id="earlier">Earlier answers</h2></header>
      {{#TESTS}}<div class="body"><ol class="timeline" role="list">
        {{#EARLIER}}<li class="{{EARLIER_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{EARLIER_ICON:u}}"/></svg><p><a href="{{EARLIER_URL}}">{{EARLIER_KIND}}</a></p><time datetime="{{EARLIER_AT_ISO}}" data-rel>{{EARLIER_AT}}</time><small>{{EARLIER_SAY}}</small></li>
        {{/EARLIER}}
      </ol></div>{{/TESTS}}
      {{#NO_TESTS}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg></span><h3>Nothing was asked yet</h3><p>Enter a name above. The answer takes a few seconds, and stays here for a month.</p></div>{{/NO_TESTS}}
    </section>
  </div>
  <aside class="stack" aria-label="About the directory">
    <section class="card"><header><h2>Good to know</h2></header><div class="body"><ul class="rights" role="list"><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg>Whoever is added is looked at within a minute</li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#mail"/></svg><span>Nobody is invited by it. <a href="/settings/invite">Invite a person</a> who should sign in here.</span></li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>A contact or a list cannot be a member: open the list instead</li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg>An address book policy of Exchange can hide people from the dedicated mailbox</li></ul></div></section>
  </aside>
</div>
