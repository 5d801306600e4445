{{%AUTOESCAPE context="HTML"}}
<nav class="subnav" id="subnav" aria-label="Connection"><ul role="list">{{#TAB}}<li><a href="{{TAB_URL}}"{{#TAB_HERE}} aria-current="page"{{/TAB_HERE}}>{{TAB_NAME}}</a></li>{{/TAB}}</ul></nav>
