{{%AUTOESCAPE context="HTML"}}
{{#STOP_ASK}}
<div><h1>Stop reminders?</h1><p class="muted">Latchkey then sends you no more mails that ask you to do something about your calendar.</p></div>
<form class="stack" method="post" action="{{STOP_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary full" type="submit">Stop reminders</button></form>
<p class="small muted">Opening this page changed nothing.</p>
{{/STOP_ASK}}
{{#STOP_DONE}}
<div><h1>Reminders have stopped</h1><p class="muted">You get no more mails that ask you to do something about your calendar. What does not work there stays so until somebody mends it.</p></div>
<form class="stack" method="post" action="{{STOP_URL}}/again"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn full" type="submit">Send me reminders again</button></form>
<p class="small muted"><a href="/me">My connection</a></p>
{{/STOP_DONE}}
{{#STOP_AGAIN}}
<div><h1>Reminders come again</h1><p class="muted">If there is something that only you can do about your calendar, the next mail comes in a day.</p></div>
<form class="stack" method="post" action="{{STOP_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn full" type="submit">Stop reminders</button></form>
<p class="small muted"><a href="/me">My connection</a></p>
{{/STOP_AGAIN}}
