# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Prove that it is you, with your face, on this computer.

## Ready
ready-title = Ready when you are
ready-body = A login that asks for your face opens this window by itself. Nothing to do here until then.
ready-privacy = The camera stays off until you press Begin. Your pictures are judged on this computer.
ready-link-label = Link from the login page
ready-link-hint = countenance://verify?…
ready-link-open = Open link
ready-try-camera = Try the camera
ready-approve = Allow another device
ready-settings = Settings
link-refused-title = This link cannot be opened
link-refused-form = It is not a login link of Countenance. Copy it again from the login page.
link-refused-verifier = It names a verification service that this computer does not trust. Ask whoever looks after this computer.
link-busy = A login is already under way. Finish or cancel it first.

## Opening
opening-title = One moment
opening-body = Asking the verification service who wants you to log in.

## Consent
consent-title-verify = Is this your login?
consent-title-enroll = Set up login with your face
consent-asks = { $application } asks for your face
consent-application = Application
consent-account = Account
consent-tenant = Sign-in service
consent-began = Began
consent-now = just now
consent-minutes = { $minutes ->
    [one] { $minutes } minute ago
   *[other] { $minutes } minutes ago
}
consent-captured = About two seconds of camera pictures, judged on this computer.
    .kiosk = About two seconds of camera pictures, judged on this kiosk.
consent-sent = One picture and a signed report go to the verification service.
consent-kept = Nothing is kept on this computer.
    .kiosk = Nothing is kept on this kiosk.
consent-template = The service keeps a template: numbers from which your face can be recognised, not a picture. You can have it erased.
consent-light = The camera turns on when you press Begin.
consent-begin = Begin
consent-not-me = Not me
consent-warning = You did not start this login? Press “Not me”.

## Capture
capture-starting = Starting the camera
capture-cancel = Cancel
capture-time-left = { $seconds ->
    [one] { $seconds } second left
   *[other] { $seconds } seconds left
}
capture-progress = Progress: { $percent } %
capture-preview = Your picture, as in a mirror
capture-recording = A recording is played, no camera
capture-recording-parts = A recording is played, with parts missing
hint-no-face = Show your face
hint-several-faces = One person at a time
hint-upside-down = Upside down: see the camera settings
    .kiosk = Upside down: please ask the staff
    .alone = Upside down: use another kiosk
hint-come-closer = Come closer
hint-move-back = Move back a little
hint-move-left = Move to your left
hint-move-right = Move to your right
hint-move-up = Move up a little
hint-move-down = Move down a little
hint-look-straight = Look straight ahead
hint-hold-head-upright = Hold your head upright
hint-eyes-hidden = Let your eyes be seen
hint-too-dark = More light on your face
hint-too-bright = Less light on your face
hint-uneven-light = Light your face evenly
hint-hold-still = Hold still
hint-almost-there = Almost there, keep looking

## Camera trouble: cause, what to do
camera-denied-title = The camera is not allowed
camera-denied-body = This computer does not let Countenance use the camera.
camera-denied-fix-linux = Ask whoever looks after this computer to add your account to the group “video”, then log out and in again.
camera-denied-fix-macos = Open System Settings, Privacy & Security, Camera, and allow Countenance.
camera-denied-fix-windows = Open Settings, Privacy & security, Camera, and let desktop apps use the camera.
camera-denied-fix-desktop = Open your desktop’s settings, find Countenance among the apps, and allow the camera. Then try again.
camera-busy-title = The camera is in use
camera-busy-body = Another program holds the camera.
camera-busy-fix = Close video calls and other camera programs, then try again.
camera-absent-title = No camera found
camera-absent-body = There is no camera on this computer that can be used.
camera-absent-fix = Plug in a camera, or open its privacy shutter, then try again.
camera-libcamera-title = The built-in camera cannot be used yet
camera-libcamera-body = It is attached to an Intel image processor (IPU) and works only through libcamera, which Countenance does not use yet.
camera-libcamera-fix = Plug in a USB camera, then try again.
camera-asking-title = Your desktop is asking about the camera
camera-asking-body = Countenance can use the camera only if you allow it.
camera-asking-fix = Answer your desktop’s question, then try again.
camera-portal-title = The camera cannot be reached
camera-portal-body = On this computer, cameras work only through the desktop’s camera portal, which does not answer or has no camera.
camera-portal-fix = Ask whoever looks after this computer to check xdg-desktop-portal, PipeWire and its plugin for libcamera, or plug in a USB camera. Then try again.
camera-unsupported-title = This camera cannot be used
camera-unsupported-body = It offers no picture that Countenance understands.
camera-unsupported-fix = Choose or plug in another camera, then try again.
camera-lost-title = The camera was unplugged
camera-lost-body = The camera went away while it was in use.
camera-lost-fix = Plug it in again, then try again.
camera-stalled-title = The camera does not answer
camera-stalled-body = It is there, but gives no picture.
camera-stalled-fix = Unplug the camera and plug it in again, then try again.
camera-not-pinned-title = The right camera is missing
camera-not-pinned-body = This computer uses one certain camera, and that one is not connected.
camera-not-pinned-fix = Plug that camera in, or tell whoever looks after this computer.
camera-slow-title = The camera is too slow
camera-slow-body = It gives too few pictures a second.
camera-slow-fix = Make more light, plug the camera into a port of its own, and close other programs. Then try again.
camera-black-title = The picture is black
camera-black-body = The camera works, but there is nothing to be seen.
camera-black-fix = Open its shutter or take off its cap, then try again.
camera-frozen-title = The picture stands still
camera-frozen-body = The camera gives the same picture again and again.
camera-frozen-fix = Unplug the camera and plug it in again, or use another one. Then try again.
camera-monochrome-title = The picture has no color
camera-monochrome-body = This may be an infrared camera, or it is too dark for color.
camera-monochrome-fix = Choose another camera or make more light, then try again.
camera-clock-title = The camera’s clock is wrong
camera-clock-body = The times of its pictures run backwards.
camera-clock-fix = Unplug the camera and plug it in again, or use another one. Then try again.
camera-not-allowed-title = This camera is not accepted
camera-not-allowed-body = It is software, or its pictures do not look as if they came from a lens.
camera-not-allowed-fix = Use the built-in camera, or another one, then try again.
camera-recording-title = The recording cannot be played
camera-recording-body = The file given in place of a camera cannot be read.
camera-recording-fix = Check the file’s name and kind, then start again.
camera-another = Use another camera
camera-came = A camera is there. Trying again.
camera-software = { $camera } (software)

## Failed attempts
try-again = Try again
stop-here = Stop here
use-code = Use a code instead
attempts-left = { $attempts ->
    [one] { $attempts } attempt left
   *[other] { $attempts } attempts left
}
cannot-tell-title = That was not clear enough
cannot-tell-body = You did nothing wrong. A better picture helps:
cannot-tell-light = Turn towards a window or a lamp, none behind you.
cannot-tell-distance = Sit an arm’s length away, face in the middle.
    .kiosk = Stay an arm’s length away, face in the middle.
cannot-tell-glasses = Tilt your glasses or your head to lose reflections.
cannot-tell-unsure = You did nothing wrong. The pictures leave a doubt. This helps:
cannot-tell-move = Move your head a little, and blink.
not-accepted-title = That did not work
not-accepted-not-live = Show your own face, live, straight into the camera.
not-accepted-no-match = Your face was not recognised for this account.
not-accepted-poor-quality = The picture was not good enough to compare.
not-accepted-camera = This camera is not accepted for this login. Use the built-in camera, or another one.
    .kiosk = The camera of this kiosk is not accepted for this login. Please ask the staff.
    .alone = The camera of this kiosk is not accepted for this login. Please use another kiosk.
not-accepted-untrusted = The verification service did not accept this computer’s report. Tell whoever looks after it.
    .kiosk = The verification service did not accept this kiosk’s report. Please ask the staff.
    .alone = The verification service did not accept this kiosk’s report. Please use another kiosk.
picture-yours = Your picture
picture-ideal = How it should look

## Sending
sending-title = Checking
sending-body = Your picture is on its way. This takes a moment.
sending-retrying = No connection. Trying again.

## Code instead
code-title = Use a code instead
code-choose = A one-time code goes to the phone number of your account.
code-sms = Send a text message
code-voice = Call me
code-camera = Use the camera instead
code-waiting = Asking the verification service.
code-sent = The code is on its way. It may take a minute.
code-label = Code of 6 digits
code-check = Check the code
code-wrong = That is not the code that was sent.
code-not-sent-refused = No code can be sent to your phone this way. Choose another way.
code-not-sent-later = The code could not be sent. Try again in a moment, or choose another way.
code-not-checked-refused = Codes are no longer accepted for this login. Choose another way.
code-not-checked-later = The code could not be checked. Try again in a moment, or choose another way.
code-resend = Send again
code-resend-wait = { $seconds ->
    [one] Send again in { $seconds } second
   *[other] Send again in { $seconds } seconds
}

## Endings
done-title = It is you
done-title-enroll = Your face is set up
done-body = Back to your browser. This window closes by itself.
refused-title = Not logged in
refused-cancelled = You cancelled. Your browser knows.
    .kiosk = You cancelled. Nobody is signed in.
refused-not-me = This login was stopped. If it was not you, change your password.
refused-too-many = Too many attempts. Wait a while, then log in again.
refused-timed-out = The time for this login is over. Log in again in your browser.
    .kiosk = The time for this login is over. Please start again.
refused-not-enrolled = No face is set up for this account. Ask whoever looks after your account.
    .kiosk = No face is set up for this account. Please ask the staff.
    .alone = No face is set up for this account. Ask whoever looks after your account.
refused-disabled = Logging in by camera is switched off here. Ask whoever looks after your account.
    .kiosk = Logging in by camera is switched off here. Please ask the staff.
    .alone = Logging in by camera is switched off here. Ask whoever looks after your account.
refused-other = Your browser shows how to go on.
    .kiosk = The next page shows how to go on.
failed-title = The login broke off
failed-login-again = This link is used up or too old. Begin the login again in your browser.
    .kiosk = The time for this login is over. Please start again.
failed-network = The verification service cannot be reached. Check the network, then open the link again from your browser.
    .kiosk = The verification service cannot be reached. Try again in a moment, or ask the staff.
    .alone = The verification service cannot be reached. Try again in a moment, or use another kiosk.
failed-operator = This installation has a fault. Tell whoever looks after this computer, with what Diagnostics shows.
    .kiosk = This kiosk has a fault. Please ask the staff.
    .alone = This kiosk has a fault. Please use another kiosk.
failed-title-approve = This computer is not approved yet
    .kiosk = This kiosk is not approved yet
failed-approve = Your account isn't set up on this computer yet. If you got an email about it, allow the computer there. Otherwise, ask your administrator. Then open the link again from your browser.
    .kiosk = This kiosk cannot be used for your account yet. Please ask the staff.
    .alone = This kiosk cannot be used for your account yet. Ask whoever looks after your account.
failed-approve-code = Or use a computer on which you already sign in with your face: open Countenance there, choose “Allow another device”, and enter this code.
failed-approve-command = Or run there: { $command }
failed-approve-minutes = { $minutes ->
    [one] The code is valid for { $minutes } minute.
   *[other] The code is valid for { $minutes } minutes.
}
failed-title-update = Update Countenance
    .kiosk = This kiosk needs an update
failed-update = This version of Countenance is too old for this sign-in. Update it, or ask your IT team. Then start the sign-in again in your browser.
    .kiosk = Its version is too old for this sign-in. Please ask the staff.
    .alone = Its version is too old for this sign-in. Please use another kiosk.
failed-title-clock = This computer’s clock is wrong
    .kiosk = This kiosk’s clock is wrong
failed-clock = This computer shows { $here }, but it is { $there }. Ask your IT team to set the clock, then start the sign-in again in your browser.
    .kiosk = It shows { $here }, but it is { $there }. Please ask the staff.
    .alone = It shows { $here }, but it is { $there }. Please use another kiosk.
close = Close

## Kiosk
kiosk-attract-title = Sign in with your face
kiosk-attract-body = Touch the button, agree, and look at the camera. It takes a few seconds.
kiosk-start = Touch to sign in
kiosk-badge = Or hold your badge to the reader.
kiosk-privacy = The camera is off until you agree. Nothing about you is kept on this kiosk.
kiosk-privacy-watched = The camera is on while you are here. Nothing about you is kept on this kiosk.
kiosk-text-size = Text size: { $percent } %
kiosk-lower = Lower
kiosk-higher = Higher
kiosk-speech-on = Read aloud
kiosk-speech-off = Stop reading
kiosk-there-title = Still there?
kiosk-there-body = { $seconds ->
    [one] Otherwise this sign-in ends in { $seconds } second, and everything about you is removed.
   *[other] Otherwise this sign-in ends in { $seconds } seconds, and everything about you is removed.
}
kiosk-there-here = I’m here
kiosk-there-leave = End now
kiosk-thanks = Thank you, { $account }.
kiosk-thanks-all = Thank you.
kiosk-thanks-next = The next page opens now.
kiosk-wipe = Everything about you is removed from this screen when you leave.
kiosk-next = Continue
kiosk-next-person = Next, please.
kiosk-wiping-title = Signing out
kiosk-wiping-body = Everything from this visit is being deleted.
kiosk-wiped-title = Signed out
kiosk-wiped-body = Everything from this visit was deleted.
kiosk-link-title = This sign-in cannot start
kiosk-link-body = Please start again. If that does not help, ask the staff.
    .alone = Please start again. If that does not help, use another kiosk.
kiosk-camera-body = The camera of this kiosk is not working.
kiosk-camera-fix = Try again. If that does not help, ask the staff.
    .alone = Try again. If that does not help, use another kiosk.
kiosk-code-typed = { $typed } of { $total } digits
kiosk-erase = Erase the last digit
kiosk-out-title = Out of order
kiosk-out-offline = No network
kiosk-out-verifier = Sign-in is unavailable
kiosk-out-disk = The storage is full
kiosk-out-browser = The sign-in page does not open
kiosk-out-unregistered = This kiosk is not set up yet
kiosk-out-wait = This often passes by itself. Please wait a moment.
kiosk-out-repair = This kiosk has to be repaired first.
kiosk-out-ask = Please ask the staff, or use another kiosk.
kiosk-out-elsewhere = Please use another kiosk.
kiosk-out-since = { $minutes ->
    [one] For { $minutes } minute
   *[other] For { $minutes } minutes
}

## Kiosk: operator
kiosk-operator-title = Operator
kiosk-operator-close = Back to the kiosk
kiosk-operator-measures = Face: { $face } % of the width. Distance: about { $distance } cm. Light: { $light } of 255.
kiosk-operator-no-face = There is not exactly one face in the picture.
kiosk-camera-fixed = This kiosk’s configuration file decides this.
kiosk-camera-pin = Accept only this camera
kiosk-qualify = Measure this site
kiosk-qualify-again = Measure again
kiosk-qualify-stop = Stop measuring
kiosk-qualify-body = Look at the camera as in a sign-in. After each capture, step away; then come again, or let somebody else. Use several people, and measure by day and in the evening. No picture is kept.
kiosk-qualify-count = Captures: { $taken } of { $wanted }
kiosk-qualify-taken = Good. Step away, then the next.
kiosk-qualify-low = Taken, but below the limit. Look at light and distance.
kiosk-qualify-missed = No face stood well in time. Try again.
kiosk-qualify-fit = This site is fit
kiosk-qualify-not-fit = This site is not fit yet
kiosk-qualify-overlap = { $below } of { $captures } captures are below the limit: genuine people would be rejected.
kiosk-qualify-near = All captures pass, but too close to the limit.
kiosk-qualify-kept = Saved for this camera: numbers only, no picture.
kiosk-qualify-lost = The result could not be saved.
kiosk-site-more-light = More light on faces
kiosk-site-less-light = Less light on faces
kiosk-site-even-light = Light from the front, not from one side
kiosk-site-nearer = People nearer to the camera, or a camera with a narrower view
kiosk-site-farther = People farther from the camera
kiosk-site-aim = The camera aimed at faces, at eye level
kiosk-site-glasses = No dark glasses
kiosk-site-lens = A clean lens, in focus
kiosk-site-one-person = One person at a time in the picture
kiosk-site-faster = A faster camera, or more light
kiosk-site-other-camera = Another camera
kiosk-site-more-captures = More captures
kiosk-restart = Restart the program
kiosk-reboot = Restart the computer
kiosk-quit = End the program
kiosk-pin-body = Enter the PIN.
kiosk-pin-open = Open
kiosk-pin-typed = { $typed ->
    [one] { $typed } digit
   *[other] { $typed } digits
}
kiosk-pin-wrong = That is not the PIN.
kiosk-pin-wait = { $seconds ->
    [one] That is not the PIN. Try again in { $seconds } second.
   *[other] That is not the PIN. Try again in { $seconds } seconds.
}
kiosk-pin-locked = The PIN is locked after too many attempts. Your IT team can unlock it.
kiosk-attend-title = Please call the staff
kiosk-attend-body = Before your face is set up, somebody in charge confirms who you are, with their number and PIN. Then it is your turn again.
kiosk-attend-number = Number of the supervisor
kiosk-attend-pin = PIN of the supervisor
kiosk-attend-confirm = Confirm
kiosk-attend-refused = Number and PIN were not accepted. Enter them again. If that does not help, your administrator can unlock or replace them.
kiosk-attend-later = That cannot be checked right now. Please try again in a moment.

## Allow another device
approve-title = Allow another device
approve-body = Enter the code that the other device shows. You must be signing in on it right now.
approve-warning = Never enter a code that somebody sent you or read to you.
approve-label = Code, as in ABCD-EFGH
approve-continue = Continue
approve-form = A code has eight letters and digits, as in ABCD-EFGH.
approve-refused = This code cannot be used here. Check it, or start the sign-in on the other device again. This computer must be allowed for the same account.
approve-too-many = Too many codes were tried. Wait a while, then try again.
approve-network = The verification service cannot be reached. Check the network, then try again.
approve-ask-title = Allow this device?
approve-ask-body = It asks to verify your face when you sign in. Allow it only if it is yours and you are using it now.
approve-ask-warning = You are not signing in on another device? Do not allow it, and change your password: somebody knows it.
approve-device = Device
approve-thumbprint = Thumbprint
approve-asked = Asked
approve-allow = Allow this device
approve-deny = Do not allow
approve-done-title = The device is allowed
approve-done-body = Go back to it and open the link again from its browser.

## Settings
settings-title = Settings
settings-camera = Camera
settings-camera-first = First one found
settings-camera-gone = { $camera } (not connected)
settings-camera-turn = Turn the picture clockwise
settings-camera-mirrored = The camera swaps left and right
settings-camera-pinned = This computer uses only this camera. Whoever looks after it can change that in the settings file.
settings-camera-testing = For tests, software may stand in for the camera here. Each login tells of it.
settings-language = Language
settings-language-system = As the system
settings-theme = Appearance
settings-theme-system = As the system
settings-theme-light = Light
settings-theme-dark = Dark
settings-theme-contrast = High contrast
settings-text-size = Text size
settings-reduced-motion = Less motion
settings-resident = Stay ready in the background
settings-resident-what = Logins open faster. It starts when you log in to this computer and takes some memory.
settings-verifiers = Trusted verification services
settings-verifiers-none = None yet. Whoever looks after this computer adds them to the settings file.
settings-about = About and licences
settings-diagnostics = Diagnostics
settings-back = Back
settings-not-saved = The settings could not be saved.
settings-ignored = Line { $line } of { $path } was ignored: { $fault }
settings-unusable = { $path } cannot be used, so default settings apply: { $fault }
settings-managed = Managed by your organization.
settings-managed-ignored = { $place }, set by your organization, is partly ignored: { $fault }
settings-managed-unusable = { $place }, set by your organization, cannot be used, so no sign-in can start. Ask your IT team. { $fault }
font-missing = This language needs a font that is not installed.

## Camera test
camera-test-title = Camera test
camera-test-body = Only you see this picture. Nothing is judged for a login, kept or sent.
camera-test-good = You are well placed

## Diagnostics
diagnostics-title = Diagnostics
diagnostics-body = What this installation needs, and what to do where something is missing. No personal data.
diagnostics-running = Looking…
diagnostics-copy = Copy
diagnostics-good = Good
diagnostics-attention = Needs attention
diagnostics-unknown = Not known

## About
about-title = About
about-licence = MIT or Apache-2.0
about-fonts = Letters: Inter, SIL Open Font License 1.1

## Diagnostics: what is looked at
doctor-camera = Camera
doctor-graphics = Graphics
doctor-libraries = Libraries
doctor-key = Device key
doctor-models = Neural networks
doctor-verifier = Verification service
doctor-clock = Clock
doctor-link = Login links
doctor-managed = Managed settings
doctor-settings = Settings

## Diagnostics: what to do
doctor-fix-connect-camera = Connect a camera, or switch on the one that is built in.
doctor-fix-connect-usb-camera = Connect a USB camera: the built-in one works only through libcamera, which Countenance does not use yet.
doctor-fix-join-video-group = This account may not use cameras. Add it to the group “video”, then log out and in.
doctor-fix-open-desktop = Start Countenance in a desktop session with a screen.
doctor-fix-join-render-group = This account may not use the graphics device. Add it to the groups “render” and “video”, then log out and in.
doctor-fix-install-libraries = Install the libraries named above.
doctor-fix-protect-key = Others may read the key of this device. Make the file private, or delete it and register this device again.
doctor-fix-replace-key = The key file is damaged. Move it away: a new key is made, and this device must be registered again.
doctor-fix-reinstall = Install Countenance again from where you got it.
doctor-fix-restore-net = Put the added network and its contract back as they were pinned, or correct liveness_nets in the settings file.
doctor-fix-name-verifier = Ask whoever looks after this computer to name your verification service in the settings.
doctor-fix-check-network = Check the network, then try again.
doctor-fix-check-certificates = Check the clock and the trusted certificates of this computer, and what stands between it and the service.
doctor-fix-ask-verifier = Ask whoever runs the verification service whether this is its address.
doctor-fix-set-clock = Set the clock of this computer, best automatically.
doctor-fix-register-link = Make Countenance the program that opens login links.
doctor-fix-move-program = Move Countenance to a folder without blanks in its path, then make it the program that opens login links.
doctor-fix-install-xdg-utils = Install xdg-utils, then look again.
doctor-fix-correct-settings = Correct the lines named above in the settings file.
doctor-fix-protect-settings = Check that nobody else has changed the settings file, then let only your account change it and its folder.
doctor-fix-correct-managed = Ask your IT team to correct what is named above: the managed file, the policy or the profile.
doctor-fix-protect-managed = Ask your IT team to check that nobody has changed the managed settings file, then to let only the administrator change it and its folder.
