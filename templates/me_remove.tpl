{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/me/signin"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>My sign-in</a><h1>Remove my sign-in?</h1></div>
</div>
<section class="card" aria-label="What happens">
  <div class="body stack"><p>Your mailbox’s sign-in is destroyed now. Latchkey cannot open your calendar any more: people see no busy time of you, and nothing is booked there. What was booked stays in your calendar. You can enter it again at any time.</p></div>
  <footer><a class="btn push" href="/me/signin">Keep it</a><form method="post" action="/me/signin/remove"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn danger">Remove it</button></form></footer>
</section>
