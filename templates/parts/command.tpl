{{%AUTOESCAPE context="HTML"}}
{{#COMMAND}}<section class="stack xs" aria-labelledby="admin"><h2 id="admin">For the Exchange admin</h2><div class="code"><header><span>Commands for {{COMMAND_NAME}}</span><button class="btn sm" type="button" data-copy="command" hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#copy"/></svg>Copy<span class="sr"> the commands</span></button></header>
    <pre id="command" tabindex="0">{{COMMAND:p}}</pre></div></section>{{/COMMAND}}
