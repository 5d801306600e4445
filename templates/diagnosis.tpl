{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/test"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>Diagnosis</h1><p>One text for whoever supports you: versions, settings, how the connection does, the last tests. Read it before you send it.</p></div>
</div>
<div class="stack">
<section class="card" aria-labelledby="hosts-t"><header><h2 id="hosts-t">What is replaced</h2></header><div class="body stack">
  <p>Passwords, secrets, tokens, subjects and members’ names are not in it. Addresses, people, organisations, networks and ids have stand-ins such as <code>person-1@domain-1</code>: the same is always called the same.</p>
  <form class="row" method="get" action="/diagnosis"><label class="opt"><input type="checkbox" name="hosts" value="1"{{#CLEAR}} checked{{/CLEAR}}><span>Leave host names readable: support often needs them</span></label><button class="btn sm" type="submit">Make it anew</button></form>
</div></section>
<form class="card" method="get" action="/diagnosis" aria-labelledby="text-t"><input type="hidden" name="csrf" value="{{CSRF}}">{{#CLEAR}}<input type="hidden" name="hosts" value="1">{{/CLEAR}}
  <header><h2 id="text-t">The text</h2><p>{{#CLEAR}}Host names are readable in it.{{/CLEAR}}{{#REPLACED}}Host names are replaced, too.{{/REPLACED}}</p></header>
  <div class="body stack"><div class="field">
    <label class="label" for="text">What is saved is exactly what stands here</label>
    <textarea class="input mono" id="text" name="text" rows="24" maxlength="327680" spellcheck="false" autocomplete="off" required aria-describedby="text-hint{{#E_TEXT}} text-err{{/E_TEXT}}"{{#E_TEXT}} aria-invalid="true"{{/E_TEXT}}>{{V_TEXT:p}}</textarea>
    <p class="hint" id="text-hint">Strike out what should not leave, or add what happened.</p>
    {{#E_TEXT}}<p class="error" id="text-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_TEXT}}</p>{{/E_TEXT}}
  </div></div>
  <footer><button class="btn primary push" type="submit" formmethod="post"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>Save as a file</button></footer>
</form>
</div>
