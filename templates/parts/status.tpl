{{%AUTOESCAPE context="HTML"}}
<span class="pill {{STATUS_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STATUS_ICON:u}}"/></svg>{{STATUS_WORD}}</span>
