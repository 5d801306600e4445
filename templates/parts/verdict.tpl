{{%AUTOESCAPE context="HTML"}}
<div class="verdict {{JOB_CLASS}}"><span class="badge"><svg class="i{{#JOB_SPIN}} spin{{/JOB_SPIN}}" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{JOB_ICON:u}}"/></svg></span><div><h2 id="run">{{VERDICT}}</h2><p>{{JOB_SAY}}{{#ENDED}} Seen <time datetime="{{JOB_AT_ISO}}" data-rel>{{JOB_AT}}</time>.{{/ENDED}}</p></div></div>
