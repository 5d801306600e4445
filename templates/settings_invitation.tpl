{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/settings/admins"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Admins</a><h1>{{TITLE}}</h1><p>{{PERSON_EMAIL}} · {{PERSON_ROLE}}</p></div>
</div>
<div class="split">
  <section class="card" aria-labelledby="link"><header><h2 id="link">The link</h2></header><div class="body stack">
    {{#MAILED}}<p>{{MAIL_SAY}}</p>{{/MAILED}}
    {{#SHOWN}}{{#BY_HAND}}<p>Send it to <b>{{PERSON_EMAIL}}</b> yourself, and to nobody else: whoever opens it first can use it.</p>{{/BY_HAND}}
    <div class="copyline"><code id="url">{{LINK_URL}}</code><button class="btn sm" type="button" data-copy="url" hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#copy"/></svg>Copy<span class="sr"> the link</span></button></div>
    <p class="muted small">Copy it now. When you enter your password again, or sign out, it cannot be shown any more: what is stored cannot be turned back into the link.</p>{{/SHOWN}}
    {{#HIDDEN}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#lock"/></svg><b>This link cannot be shown any more</b><span>It was shown to the person who made it, until they entered their password again or signed out. What is stored cannot be turned back into it. Make a new link: the old one ends at that moment.</span></div>{{/HIDDEN}}
  </div>
  <footer><form method="post" action="{{AGAIN_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Make a new link</button></form><form class="push" method="post" action="{{REVOKE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn quiet danger">End this link</button></form></footer></section>
  <aside class="stack" aria-label="About this link"><section class="card"><header><h2>About it</h2></header><div class="body"><dl class="kv"><dt>For</dt><dd>{{PERSON_NAME}}</dd><dt>Made by</dt><dd>{{INVITATION_BY}}</dd><dt>Made</dt><dd><time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></dd><dt>Ends</dt><dd><time datetime="{{INVITATION_ENDS_ISO}}" data-rel>{{INVITATION_ENDS}}</time></dd></dl></div><footer><span class="muted">A new link and the end of one are in the audit log.</span></footer></section></aside>
</div>
