{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="{{BACK_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>{{SCRIPT_TITLE}}</a><h1>Link to a script</h1><p>{{SCRIPT_ABOUT}}</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="split">
  <section class="card" aria-label="The link"><div class="body stack">
    {{#MAILED}}<p>{{MAIL_SAY}}</p>{{/MAILED}}{{#BY_HAND}}<p>Hand this link to whoever looks after Exchange.</p>{{/BY_HAND}}
    {{#SHOWN}}<div class="copyline"><code id="url">{{LINK_URL}}</code><button class="btn sm" type="button" data-copy="url" hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#copy"/></svg>Copy<span class="sr"> the link</span></button></div>
    <p class="muted small">Copy it now. When you enter your password again, or sign out, it cannot be shown any more.</p>{{/SHOWN}}
    {{#HIDDEN}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#lock"/></svg><b>This link cannot be shown any more</b><span>It was shown to the person who made it, until they entered their password again or signed out. It still works for whoever has it.</span></div>{{/HIDDEN}}
    {{#MESSAGE}}<p>Your line on its page: {{MESSAGE}}</p>{{/MESSAGE}}
  </div>
  <footer><form class="push" method="post" action="{{SHARE_END}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn quiet danger">Withdraw this link</button></form></footer></section>
  <aside class="stack" aria-label="About this link"><section class="card"><header><h2>About it</h2></header><div class="body"><dl class="kv"><dt>Made by</dt><dd>{{SHARE_BY}}</dd><dt>Made</dt><dd><time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></dd><dt>Ends</dt><dd><time datetime="{{SHARE_ENDS_ISO}}" data-rel>{{SHARE_ENDS}}</time></dd><dt>Opened</dt><dd>{{#SHARE_NEW}}Not yet{{/SHARE_NEW}}{{#SHARE_OPENED}}{{SHARE_TIMES}}, last <time datetime="{{SHARE_OPENED_ISO}}" data-rel>{{SHARE_OPENED}}</time>{{/SHARE_OPENED}}</dd>{{#SHARE_RAN}}<dt>Has run, said</dt><dd><time datetime="{{SHARE_RAN_ISO}}" data-rel>{{SHARE_RAN}}</time></dd>{{/SHARE_RAN}}</dl></div></section></aside>
</div>
