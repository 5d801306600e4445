{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Settings</h1><p>What Latchkey tells the people of {{ORG}} by mail without being asked.</p></div>
</div>
{{>PARTS_SETTINGS}}
<div class="split">
  <div class="stack">
  <section class="card" aria-labelledby="notify"><header><h2 id="notify">Reminders and alerts</h2></header><div class="body">
    <form class="stack" method="post" action="/settings/notifications"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{FROM}}">
      <div class="field">
        <label class="opt"><input type="checkbox" name="on" value="1" aria-describedby="on-hint"{{#REMIND_ON}} checked{{/REMIND_ON}}><span>Remind members who must act</span></label>
        <p class="hint" id="on-hint">On day 1, 3, 7 and 14 after it became so, then no more. It stops at once when it is mended, and waits while the connection does not work.</p>
      </div>
      <div class="field">
        <label class="opt"><input type="checkbox" name="alerts" value="1" aria-describedby="alerts-hint"{{#ALERTS_ON}} checked{{/ALERTS_ON}}><span>Tell of what stops working</span></label>
        <p class="hint" id="alerts-hint">The member at once, if only they can mend it. Account admins once for each cause, with how many it concerns, and once more when it is over.</p>
      </div>
      <div class="field">
        <label class="label" for="text">Own words in reminders</label>
        <textarea class="input" id="text" name="text" rows="6" maxlength="2000" aria-describedby="text-hint{{#E_TEXT}} text-err{{/E_TEXT}}"{{#E_TEXT}} aria-invalid="true"{{/E_TEXT}}>{{V_TEXT:p}}</textarea>
        <p class="hint" id="text-hint">Plain text, may be empty. <code>{name}</code>, <code>{mailbox}</code> and <code>{link}</code> stand for the member’s name, the dedicated mailbox and the page with the steps.</p>
        {{#E_TEXT}}<p class="error" id="text-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_TEXT}}</p>{{/E_TEXT}}
      </div>
      <label class="opt"><input type="checkbox" name="instead" value="1"{{#INSTEAD}} checked{{/INSTEAD}}><span>In place of Latchkey’s first paragraph, and not above it</span></label>
      <div class="row"><button class="btn primary" name="do" value="save">Save</button><button class="btn" name="do" value="preview">Preview</button></div>
    </form>
  </div></section>
  {{#PREVIEW}}<section class="card" aria-labelledby="preview"><header><h2 id="preview">Preview</h2><p>As you would get it. Nothing is saved yet.</p></header><div class="body stack"><p><b>{{PREVIEW_SUBJECT}}</b></p><div class="code"><pre class="letter">{{PREVIEW:p}}</pre></div></div></section>{{/PREVIEW}}
  </div>
  <aside class="stack" aria-label="Facts">
    <section class="card"><header><h2>Now</h2></header><div class="body"><dl class="kv"><dt>Waiting</dt><dd>{{REMIND_WAITING}} with a reminder to come</dd><dt>Last 7 days</dt><dd>{{REMIND_SENT}}, {{REMIND_ALERTS}}</dd>{{#REMIND_EDITED}}<dt>Changed</dt><dd><time datetime="{{REMIND_EDITED_ISO}}" data-rel>{{REMIND_EDITED}}</time> by {{REMIND_BY}}</dd>{{/REMIND_EDITED}}</dl></div><footer><span class="muted">Whoever asks for no more reminders gets none. Each mail has a link for that.</span></footer></section>
  </aside>
</div>
