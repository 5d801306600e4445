{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="{{BACK_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>{{SCRIPT_TITLE}}</a><h1>Send this script</h1><p>Somebody who looks after Exchange and has no sign-in here gets a link to a page with the script: to read, copy, download and print. They can say there that it has run.</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="split">
  <form class="card" method="post" action="{{SHARE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}">{{#HIDDEN}}<input type="hidden" name="{{HIDDEN_NAME}}" value="{{HIDDEN_VALUE}}">{{/HIDDEN}}
    <div class="body stack">
      <div class="field"><label class="label" for="email">E-mail address</label><input class="input" id="email" name="email" type="email" autocomplete="off" maxlength="254" value="{{V_EMAIL}}" aria-describedby="email-hint{{#E_EMAIL}} email-err{{/E_EMAIL}}"{{#E_EMAIL}} aria-invalid="true"{{/E_EMAIL}}>
        <p class="hint" id="email-hint">{{#MAILED}}The link is sent there. Leave it empty to hand the link over yourself.{{/MAILED}}{{#BY_HAND}}No mail can be sent yet. Leave it empty, and hand the link over yourself.{{/BY_HAND}}</p>
        {{#E_EMAIL}}<p class="error" id="email-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EMAIL}}</p>{{/E_EMAIL}}</div>
      <div class="field"><label class="label" for="days">How long it lasts</label><select class="select" id="days" name="days">{{#DAYS}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/DAYS}}</select></div>
      <div class="field"><label class="label" for="message">A line from you</label><input class="input" id="message" name="message" maxlength="200" autocomplete="off" value="{{V_MESSAGE}}" aria-describedby="message-hint{{#E_MESSAGE}} message-err{{/E_MESSAGE}}"{{#E_MESSAGE}} aria-invalid="true"{{/E_MESSAGE}}>
        <p class="hint" id="message-hint">It stands on the page behind the link, not in the mail. You can leave it empty.</p>
        {{#E_MESSAGE}}<p class="error" id="message-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_MESSAGE}}</p>{{/E_MESSAGE}}</div>
    </div>
    <footer><a class="btn push" href="{{BACK_URL}}">Back</a><button class="btn primary">Make the link</button></footer>
  </form>
  <aside class="stack" aria-label="About the link"><section class="card"><header><h2>What they see</h2></header><div class="body"><dl class="kv"><dt>Script</dt><dd>{{SCRIPT_TITLE}}</dd><dt>Whom</dt><dd>{{SCRIPT_ABOUT}}</dd></dl></div><footer><span class="muted">The addresses of these people are in it. It is made anew each time it is opened.</span></footer></section></aside>
</div>
