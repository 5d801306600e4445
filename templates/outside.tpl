{{%AUTOESCAPE context="HTML"}}
{{>PARTS_HEAD}}
<body class="app alone">
<a class="skip" href="#main">Skip to content</a>

<header class="bar"><span class="brand"><img class="mark" src="/static/mark.svg?v={{BUILD:u}}" alt="" width="28" height="28"><span>Latchkey</span></span><span class="org">{{ORG}}</span></header>

<main id="main" tabindex="-1">
{{>PARTS_DONE}}
{{>PARTS_FAILED}}
{{>PAGE}}
</main>

<footer class="foot"><span>Latchkey {{VERSION}}</span></footer>
<p class="sr" id="say" role="status"></p>
<div class="toast" role="status"></div>
</body>
</html>
