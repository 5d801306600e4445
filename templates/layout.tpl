{{%AUTOESCAPE context="HTML"}}
{{>PARTS_HEAD}}
<body class="app">
<a class="skip" href="#main">Skip to content</a>

<header class="bar">
  <button class="btn quiet only-small" type="button" popovertarget="nav"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#menu"/></svg><span class="sr">Menu</span></button>
  <a class="brand" href="/overview"><img class="mark" src="/static/mark.svg?v={{BUILD:u}}" alt="" width="28" height="28"><span>Latchkey</span></a>
  <span class="org">{{ORG}}</span>
  <span class="push"></span>
  {{#ENGINE_PILL}}<a id="pill" class="pill is-action" href="/overview"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><span class="long" aria-hidden="true">Engine not running</span><span class="sr">The engine is not running. Open the overview.</span></a>{{/ENGINE_PILL}}
  {{#HEALTH_PILL}}<a id="pill" class="pill {{HEALTH_CLASS}}" href="/connection/test"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{HEALTH_ICON:u}}"/></svg><span class="long" aria-hidden="true">{{HEALTH_WORD}}</span><span class="sr">Connection: {{HEALTH_WORD}}. Open the test.</span></a>{{/HEALTH_PILL}}
  <button class="btn quiet" type="button" popovertarget="user"><span class="who" aria-hidden="true">{{INITIALS}}</span><span class="sr">Your menu: </span><span class="long">{{MY_NAME}}</span><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#down"/></svg></button>
  <div class="menu" id="user" popover>
    <p><b>{{MY_NAME}}</b><br><small class="muted">{{MY_EMAIL}} · {{MY_ROLE}}</small></p>
    <a href="/me">My connection</a>
    <a href="/me/security">My security</a>
    <form method="post" action="/signout"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit">Sign out</button></form>
  </div>
</header>

<nav class="rail" id="nav" popover aria-label="Main">
  <ul role="list">
    {{#NAV}}<li{{#NAV_GAP}} class="gap"{{/NAV_GAP}}><a href="{{NAV_URL}}"{{#NAV_HERE}} aria-current="page"{{/NAV_HERE}}><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{NAV_ICON:u}}"/></svg>{{NAV_NAME}}{{#NAV_COUNT}}<span class="count">{{NAV_COUNT}}</span>{{/NAV_COUNT}}</a></li>
    {{/NAV}}
  </ul>
</nav>

<main id="main" tabindex="-1">
{{>PARTS_DONE}}
{{>PARTS_FAILED}}
{{#REFUSED_TOP}}<div id="alarm" class="callout notice is-blocked" role="alert"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{>PARTS_REFUSED}}<span class="row"><a class="btn sm" href="/connection/rotate">{{REFUSED_DO}}</a><a class="btn sm" href="/connection/test">Look at the connection</a></span></div>{{/REFUSED_TOP}}
{{>PAGE}}
</main>

<footer class="foot">
  <span>Latchkey {{VERSION}}</span>
  <form class="row tight push" method="post" action="/me/theme" data-theme-form><span>Theme</span><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="next" value="{{HERE}}"><button class="btn quiet sm" name="theme" value="" aria-pressed="{{THEME_SYSTEM}}">System</button><button class="btn quiet sm" name="theme" value="light" aria-pressed="{{THEME_LIGHT}}">Light</button><button class="btn quiet sm" name="theme" value="dark" aria-pressed="{{THEME_DARK}}">Dark</button></form>
</footer>

<p class="sr" id="say" role="status"></p>
<div class="toast" role="status"></div>
</body>
</html>
