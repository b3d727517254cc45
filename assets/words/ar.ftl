# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = أثبت بوجهك، على هذا الحاسوب، أنك أنت.

## Ready
ready-title = كل شيء جاهز
ready-body = تسجيل الدخول الذي يطلب وجهك يفتح هذه النافذة من تلقاء نفسه. لا يلزم فعل أي شيء هنا حتى ذلك الحين.
ready-privacy = تبقى الكاميرا مطفأة حتى تضغط «ابدأ». تُقيَّم صورك على هذا الحاسوب.
ready-link-label = رابط من صفحة تسجيل الدخول
ready-link-hint = countenance://verify?…
ready-link-open = فتح الرابط
ready-try-camera = تجربة الكاميرا
ready-approve = السماح لجهاز آخر
ready-settings = الإعدادات
link-refused-title = لا يمكن فتح هذا الرابط
link-refused-form = ليس هذا رابط تسجيل دخول خاصًا بـ Countenance. انسخه مرة أخرى من صفحة تسجيل الدخول.
link-refused-verifier = يشير الرابط إلى خدمة تحقق لا يثق بها هذا الحاسوب. اسأل المسؤول عن هذا الحاسوب.
link-busy = هناك تسجيل دخول جارٍ بالفعل. أكمله أو ألغِه أولًا.

## Opening
opening-title = لحظة من فضلك
opening-body = نسأل خدمة التحقق عمّن يطلب تسجيل دخولك.

## Consent
consent-title-verify = هل هذا تسجيل دخولك؟
consent-title-enroll = إعداد تسجيل الدخول بالوجه
consent-asks = يطلب { $application } رؤية وجهك
consent-application = التطبيق
consent-account = الحساب
consent-tenant = خدمة تسجيل الدخول
consent-began = البداية
consent-now = الآن
consent-minutes = { $minutes ->
    [zero] قبل أقل من دقيقة
    [one] قبل دقيقة واحدة
    [two] قبل دقيقتين
    [few] قبل { $minutes } دقائق
    [many] قبل { $minutes } دقيقة
   *[other] قبل { $minutes } دقيقة
}
consent-captured = نحو ثانيتين من صور الكاميرا، تُقيَّم على هذا الحاسوب.
    .kiosk = نحو ثانيتين من صور الكاميرا، تُقيَّم في هذا الكشك.
consent-sent = تُرسَل صورة واحدة وتقرير موقَّع إلى خدمة التحقق.
consent-kept = لا يُحفظ أي شيء على هذا الحاسوب.
    .kiosk = لا يُحفظ أي شيء في هذا الكشك.
consent-template = تحتفظ الخدمة بقالب: أرقام يمكن التعرف بها على وجهك، وليست صورة. يمكنك طلب محوه.
consent-light = تعمل الكاميرا عندما تضغط «ابدأ».
consent-begin = ابدأ
consent-not-me = لست أنا
consent-warning = ألم تبدأ أنت تسجيل الدخول هذا؟ اضغط «لست أنا».

## Capture
capture-starting = يجري تشغيل الكاميرا
capture-cancel = إلغاء
capture-time-left = { $seconds ->
    [zero] انتهى الوقت
    [one] بقيت ثانية واحدة
    [two] بقيت ثانيتان
    [few] بقيت { $seconds } ثوانٍ
    [many] بقيت { $seconds } ثانية
   *[other] بقيت { $seconds } ثانية
}
capture-progress = التقدم: { $percent }%
capture-preview = صورتك كما في المرآة
capture-recording = يُعرض تسجيل، دون كاميرا
capture-recording-parts = يُعرض تسجيل تنقصه أجزاء
hint-no-face = أظهر وجهك
hint-several-faces = شخص واحد فقط
hint-upside-down = الصورة مقلوبة: أدرها من الإعدادات
    .kiosk = الصورة مقلوبة: اسأل الموظفين
    .alone = الصورة مقلوبة: استخدم كشكًا آخر
hint-come-closer = اقترب قليلًا
hint-move-back = ابتعد قليلًا
hint-move-left = تحرك إلى يسارك
hint-move-right = تحرك إلى يمينك
hint-move-up = تحرك إلى أعلى قليلًا
hint-move-down = تحرك إلى أسفل قليلًا
hint-look-straight = انظر أمامك مباشرة
hint-hold-head-upright = أبقِ رأسك مستقيمًا
hint-eyes-hidden = أظهر عينيك
hint-too-dark = زد الضوء على وجهك
hint-too-bright = خفف الضوء على وجهك
hint-uneven-light = أضئ وجهك بالتساوي
hint-hold-still = اثبت مكانك
hint-almost-there = أوشكنا على الانتهاء، واصل النظر

## Camera trouble: cause, what to do
camera-denied-title = استخدام الكاميرا غير مسموح به
camera-denied-body = لا يسمح هذا الحاسوب لـ Countenance باستخدام الكاميرا.
camera-denied-fix-linux = اطلب من المسؤول عن هذا الحاسوب إضافة حسابك إلى المجموعة «video»، ثم سجّل الخروج وسجّل الدخول من جديد.
camera-denied-fix-macos = افتح «إعدادات النظام»، ثم «الخصوصية والأمن»، ثم «الكاميرا»، واسمح لـ Countenance.
camera-denied-fix-windows = افتح «الإعدادات»، ثم «الخصوصية والأمان»، ثم «الكاميرا»، واسمح لتطبيقات سطح المكتب باستخدام الكاميرا.
camera-denied-fix-desktop = افتح إعدادات سطح المكتب، وابحث عن Countenance بين التطبيقات، واسمح بالكاميرا، ثم حاول مرة أخرى.
camera-busy-title = الكاميرا قيد الاستخدام
camera-busy-body = يستخدم برنامج آخر الكاميرا.
camera-busy-fix = أغلق مكالمات الفيديو وبرامج الكاميرا الأخرى، ثم حاول مرة أخرى.
camera-absent-title = لم يُعثر على كاميرا
camera-absent-body = لا توجد في هذا الحاسوب كاميرا يمكن استخدامها.
camera-absent-fix = صِل كاميرا أو افتح غطاءها، ثم حاول مرة أخرى.
camera-libcamera-title = لا يمكن استخدام الكاميرا المدمجة بعد
camera-libcamera-body = إنها متصلة بمعالج صور من Intel (‏IPU) ولا تعمل إلا عبر libcamera، ولا يستخدمه Countenance بعد.
camera-libcamera-fix = صِل كاميرا USB، ثم حاول مرة أخرى.
camera-asking-title = سطح المكتب يسألك عن الكاميرا
camera-asking-body = لا يمكن لـ Countenance استخدام الكاميرا إلا إذا سمحت بذلك.
camera-asking-fix = أجب عن سؤال سطح المكتب، ثم حاول مرة أخرى.
camera-portal-title = لا يمكن الوصول إلى الكاميرا
camera-portal-body = في هذا الحاسوب لا تعمل الكاميرات إلا عبر بوابة الكاميرا لسطح المكتب، وهي لا تستجيب أو ليس لديها كاميرا.
camera-portal-fix = اطلب من المسؤول عن هذا الحاسوب فحص xdg-desktop-portal وPipeWire وملحقه الخاص بـ libcamera، أو وصّل كاميرا USB، ثم حاول مرة أخرى.
camera-unsupported-title = لا يمكن استخدام هذه الكاميرا
camera-unsupported-body = لا تقدم صورة يفهمها Countenance.
camera-unsupported-fix = اختر كاميرا أخرى أو صِلها، ثم حاول مرة أخرى.
camera-lost-title = فُصلت الكاميرا
camera-lost-body = اختفت الكاميرا في أثناء استخدامها.
camera-lost-fix = صِلها من جديد، ثم حاول مرة أخرى.
camera-stalled-title = الكاميرا لا تستجيب
camera-stalled-body = الكاميرا موجودة، لكنها لا تعطي صورة.
camera-stalled-fix = افصل الكاميرا وصِلها من جديد، ثم حاول مرة أخرى.
camera-not-pinned-title = الكاميرا المطلوبة غير موجودة
camera-not-pinned-body = يستخدم هذا الحاسوب كاميرا محددة، وهي غير موصولة.
camera-not-pinned-fix = صِل تلك الكاميرا، أو أخبر المسؤول عن هذا الحاسوب.
camera-slow-title = الكاميرا بطيئة جدًا
camera-slow-body = تعطي صورًا قليلة جدًا في الثانية.
camera-slow-fix = زِد الإضاءة، وصِل الكاميرا بمنفذ خاص بها، وأغلق البرامج الأخرى، ثم حاول مرة أخرى.
camera-black-title = الصورة سوداء
camera-black-body = تعمل الكاميرا، لكن لا يظهر شيء.
camera-black-fix = افتح غطاء الكاميرا أو انزعه، ثم حاول مرة أخرى.
camera-frozen-title = الصورة متوقفة
camera-frozen-body = تعطي الكاميرا الصورة نفسها مرارًا.
camera-frozen-fix = افصل الكاميرا وصِلها من جديد، أو استخدم كاميرا أخرى، ثم حاول مرة أخرى.
camera-monochrome-title = الصورة بلا ألوان
camera-monochrome-body = قد تكون هذه كاميرا للأشعة تحت الحمراء، أو أن المكان مظلم لا تظهر فيه الألوان.
camera-monochrome-fix = اختر كاميرا أخرى أو زِد الإضاءة، ثم حاول مرة أخرى.
camera-clock-title = ساعة الكاميرا غير صحيحة
camera-clock-body = أوقات صورها تسير إلى الوراء.
camera-clock-fix = افصل الكاميرا وصِلها من جديد، أو استخدم كاميرا أخرى، ثم حاول مرة أخرى.
camera-not-allowed-title = هذه الكاميرا غير مقبولة
camera-not-allowed-body = هي برنامج، أو لا تبدو صورها آتية من عدسة.
camera-not-allowed-fix = استخدم الكاميرا المدمجة أو كاميرا أخرى، ثم حاول مرة أخرى.
camera-recording-title = لا يمكن تشغيل التسجيل
camera-recording-body = لا يمكن قراءة الملف المحدد بدلًا من الكاميرا.
camera-recording-fix = تحقق من اسم الملف ونوعه، ثم ابدأ من جديد.
camera-another = استخدم كاميرا أخرى
camera-came = توجد كاميرا الآن. تجري محاولة جديدة.
camera-software = { $camera } (برنامج)

## Failed attempts
try-again = حاول مرة أخرى
stop-here = توقف هنا
use-code = استخدم رمزًا بدلًا من ذلك
attempts-left = { $attempts ->
    [zero] لم تبقَ محاولات
    [one] بقيت محاولة واحدة
    [two] بقيت محاولتان
    [few] بقيت { $attempts } محاولات
    [many] بقيت { $attempts } محاولة
   *[other] بقيت { $attempts } محاولة
}
cannot-tell-title = لم تكن الصورة واضحة بما يكفي
cannot-tell-body = لا خطأ من جانبك. صورة أفضل تساعد:
cannot-tell-light = اتجه نحو نافذة أو مصباح، ولا يكن أي منهما خلفك.
cannot-tell-distance = اجلس على بعد ذراع، ووجهك في الوسط.
    .kiosk = ابقَ على بعد ذراع، ووجهك في الوسط.
cannot-tell-glasses = أمِل نظارتك أو رأسك لتزول الانعكاسات.
cannot-tell-unsure = لا خطأ من جانبك. الصور لا تكفي للتأكد. هذا يساعد:
cannot-tell-move = حرّك رأسك قليلًا وارمش بعينيك.
not-accepted-title = لم ينجح ذلك
not-accepted-not-live = أظهر وجهك أنت، مباشرةً، أمام الكاميرا.
not-accepted-no-match = لم يُتعرَّف على وجهك لهذا الحساب.
not-accepted-poor-quality = لم تكن الصورة جيدة بما يكفي للمقارنة.
not-accepted-camera = هذه الكاميرا غير مقبولة لتسجيل الدخول هذا. استخدم الكاميرا المدمجة أو كاميرا أخرى.
    .kiosk = كاميرا هذا الكشك غير مقبولة لتسجيل الدخول هذا. اسأل الموظفين.
    .alone = كاميرا هذا الكشك غير مقبولة لتسجيل الدخول هذا. استخدم كشكًا آخر من فضلك.
not-accepted-untrusted = لم تقبل خدمة التحقق تقرير هذا الحاسوب. أخبر المسؤول عنه.
    .kiosk = لم تقبل خدمة التحقق تقرير هذا الكشك. اسأل الموظفين.
    .alone = لم تقبل خدمة التحقق تقرير هذا الكشك. استخدم كشكًا آخر من فضلك.
picture-yours = صورتك
picture-ideal = كيف ينبغي أن تبدو

## Sending
sending-title = يجري التحقق
sending-body = صورتك في الطريق. يستغرق ذلك لحظة.
sending-retrying = لا يوجد اتصال. تجري المحاولة من جديد.

## Code instead
code-title = استخدم رمزًا بدلًا من ذلك
code-choose = يُرسَل رمز صالح لمرة واحدة إلى رقم هاتف حسابك.
code-sms = إرسال رسالة نصية
code-voice = اتصل بي
code-camera = استخدم الكاميرا بدلًا من ذلك
code-waiting = نسأل خدمة التحقق.
code-sent = الرمز في الطريق. قد يستغرق وصوله دقيقة.
code-label = رمز من 6 أرقام
code-check = تحقق من الرمز
code-wrong = هذا ليس الرمز الذي أُرسِل.
code-not-sent-refused = لا يمكن إرسال رمز إلى هاتفك بهذه الطريقة. اختر طريقة أخرى.
code-not-sent-later = تعذر إرسال الرمز. أعد المحاولة بعد لحظات أو اختر طريقة أخرى.
code-not-checked-refused = لم تعد الرموز مقبولة لتسجيل الدخول هذا. اختر طريقة أخرى.
code-not-checked-later = تعذر التحقق من الرمز. أعد المحاولة بعد لحظات أو اختر طريقة أخرى.
code-resend = إرسال مرة أخرى
code-resend-wait = { $seconds ->
    [zero] إرسال مرة أخرى الآن
    [one] إرسال مرة أخرى بعد ثانية واحدة
    [two] إرسال مرة أخرى بعد ثانيتين
    [few] إرسال مرة أخرى بعد { $seconds } ثوانٍ
    [many] إرسال مرة أخرى بعد { $seconds } ثانية
   *[other] إرسال مرة أخرى بعد { $seconds } ثانية
}

## Endings
done-title = تأكدنا من أنك أنت
done-title-enroll = أُعِدّ تسجيل الدخول بوجهك
done-body = عُد إلى المتصفح. تُغلق هذه النافذة من تلقاء نفسها.
refused-title = لم يُسجَّل الدخول
refused-cancelled = ألغيتَ العملية، وقد أُبلغ المتصفح.
    .kiosk = ألغيتَ العملية. لم يُسجَّل دخول أحد.
refused-not-me = أُوقف تسجيل الدخول هذا. إن لم تكن أنت من بدأه، فغيّر كلمة مرورك.
refused-too-many = محاولات كثيرة جدًا. انتظر قليلًا، ثم سجّل الدخول من جديد.
refused-timed-out = انتهى وقت تسجيل الدخول هذا. سجّل الدخول من جديد في المتصفح.
    .kiosk = انتهى وقت تسجيل الدخول هذا. ابدأ من جديد.
refused-not-enrolled = لم يُعَدّ تسجيل الدخول بالوجه لهذا الحساب. اسأل المسؤول عن حسابك.
    .kiosk = لم يُعَدّ تسجيل الدخول بالوجه لهذا الحساب. اسأل الموظفين.
    .alone = لم يُعَدّ تسجيل الدخول بالوجه لهذا الحساب. اسأل المسؤول عن حسابك.
refused-disabled = تسجيل الدخول بالكاميرا متوقف هنا. اسأل المسؤول عن حسابك.
    .kiosk = تسجيل الدخول بالكاميرا متوقف هنا. اسأل الموظفين.
    .alone = تسجيل الدخول بالكاميرا متوقف هنا. اسأل المسؤول عن حسابك.
refused-other = يبيّن المتصفح كيف تتابع.
    .kiosk = تبيّن الصفحة التالية كيف تتابع.
failed-title = انقطع تسجيل الدخول
failed-login-again = استُخدم هذا الرابط من قبل أو انتهت صلاحيته. ابدأ تسجيل الدخول من جديد في المتصفح.
    .kiosk = انتهى وقت تسجيل الدخول هذا. ابدأ من جديد.
failed-network = يتعذر الوصول إلى خدمة التحقق. تحقق من الشبكة، ثم افتح الرابط من جديد من المتصفح.
    .kiosk = يتعذر الوصول إلى خدمة التحقق. حاول بعد لحظة، أو اسأل الموظفين.
    .alone = يتعذر الوصول إلى خدمة التحقق. حاول بعد لحظة، أو استخدم كشكًا آخر.
failed-operator = في هذا التثبيت خلل. أخبر المسؤول عن هذا الحاسوب بما يظهر في «التشخيص».
    .kiosk = في هذا الكشك خلل. اسأل الموظفين.
    .alone = في هذا الكشك خلل. استخدم كشكًا آخر من فضلك.
failed-title-approve = لم تتم الموافقة على هذا الحاسوب بعد
    .kiosk = لم تتم الموافقة على هذا الكشك بعد
failed-approve = لا يستخدم هذا الحساب هذا الحاسوب بعد. إذا وصلتك رسالة بريد إلكتروني بشأنه، فاسمح بالحاسوب من خلالها؛ وإلا فاسأل المسؤول. ثم افتح الرابط من جديد من المتصفح.
    .kiosk = لا يمكن استخدام هذا الكشك لحسابك بعد. اسأل الموظفين.
    .alone = لا يمكن استخدام هذا الكشك لحسابك بعد. اسأل المسؤول عن حسابك.
failed-approve-code = أو استخدم حاسوبًا تسجّل الدخول عليه بوجهك بالفعل: افتح Countenance هناك، واختر «السماح لجهاز آخر»، وأدخل هذا الرمز.
failed-approve-command = أو شغّل هناك: { $command }
failed-approve-minutes = { $minutes ->
    [zero] الرمز صالح لمدة { $minutes } دقيقة.
    [one] الرمز صالح لمدة دقيقة واحدة.
    [two] الرمز صالح لمدة دقيقتين.
    [few] الرمز صالح لمدة { $minutes } دقائق.
    [many] الرمز صالح لمدة { $minutes } دقيقة.
   *[other] الرمز صالح لمدة { $minutes } دقيقة.
}
failed-title-update = حدّث Countenance
    .kiosk = يحتاج هذا الكشك إلى تحديث
failed-update = هذا الإصدار من Countenance قديم جدًا لتسجيل الدخول هذا. حدّثه أو اسأل فريق تقنية المعلومات. ثم ابدأ تسجيل الدخول من جديد في المتصفح.
    .kiosk = إصداره قديم جدًا لتسجيل الدخول هذا. اسأل الموظفين.
    .alone = إصداره قديم جدًا لتسجيل الدخول هذا. استخدم كشكًا آخر من فضلك.
failed-title-clock = ساعة هذا الحاسوب غير صحيحة
    .kiosk = ساعة هذا الكشك غير صحيحة
failed-clock = تشير ساعة هذا الحاسوب إلى { $here }، لكن الوقت الصحيح هو { $there }. اطلب من فريق تقنية المعلومات ضبط الساعة، ثم ابدأ تسجيل الدخول من جديد في المتصفح.
    .kiosk = تشير إلى { $here }، لكن الوقت الصحيح هو { $there }. اسأل الموظفين.
    .alone = تشير إلى { $here }، لكن الوقت الصحيح هو { $there }. استخدم كشكًا آخر من فضلك.
close = إغلاق

## Kiosk
kiosk-attract-title = سجّل الدخول بوجهك
kiosk-attract-body = المس الزر، ووافق، وانظر إلى الكاميرا. لا يستغرق الأمر سوى ثوانٍ.
kiosk-start = المس لتسجيل الدخول
kiosk-badge = أو قرّب بطاقتك من القارئ.
kiosk-privacy = الكاميرا مطفأة حتى توافق. لا يُحفظ أي شيء عنك في هذا الكشك.
kiosk-privacy-watched = الكاميرا تعمل ما دمت هنا. لا يُحفظ أي شيء عنك في هذا الكشك.
kiosk-text-size = حجم النص: { $percent } %
kiosk-lower = أخفض
kiosk-higher = أعلى
kiosk-speech-on = القراءة بصوت عالٍ
kiosk-speech-off = إيقاف القراءة
kiosk-there-title = أما زلت هنا؟
kiosk-there-body = { $seconds ->
    [zero] وإلا فسينتهي تسجيل الدخول هذا الآن ويُحذف كل ما يخصك.
    [one] وإلا فسينتهي تسجيل الدخول هذا بعد ثانية واحدة ويُحذف كل ما يخصك.
    [two] وإلا فسينتهي تسجيل الدخول هذا بعد ثانيتين ويُحذف كل ما يخصك.
    [few] وإلا فسينتهي تسجيل الدخول هذا بعد { $seconds } ثوانٍ ويُحذف كل ما يخصك.
    [many] وإلا فسينتهي تسجيل الدخول هذا بعد { $seconds } ثانية ويُحذف كل ما يخصك.
   *[other] وإلا فسينتهي تسجيل الدخول هذا بعد { $seconds } ثانية ويُحذف كل ما يخصك.
}
kiosk-there-here = أنا هنا
kiosk-there-leave = إنهاء الآن
kiosk-thanks = شكرًا لك، { $account }.
kiosk-thanks-all = شكرًا لك.
kiosk-thanks-next = تُفتح الآن الصفحة التالية.
kiosk-wipe = عند مغادرتك يُحذف كل ما يخصك من هذه الشاشة.
kiosk-next = متابعة
kiosk-next-person = التالي، من فضلك.
kiosk-wiping-title = جارٍ تسجيل الخروج
kiosk-wiping-body = يجري حذف كل ما يتعلق بهذه الزيارة.
kiosk-wiped-title = تم تسجيل الخروج
kiosk-wiped-body = حُذف كل ما يتعلق بهذه الزيارة.
kiosk-link-title = لا يمكن بدء تسجيل الدخول هذا
kiosk-link-body = ابدأ من جديد. إن لم يُجدِ ذلك، فاسأل الموظفين.
    .alone = ابدأ من جديد. إن لم يُجدِ ذلك، فاستخدم كشكًا آخر.
kiosk-camera-body = كاميرا هذا الكشك لا تعمل.
kiosk-camera-fix = حاول مرة أخرى. إن لم يُجدِ ذلك، فاسأل الموظفين.
    .alone = حاول مرة أخرى. إن لم يُجدِ ذلك، فاستخدم كشكًا آخر.
kiosk-code-typed = { $typed } من { $total } أرقام
kiosk-erase = حذف الرقم الأخير
kiosk-out-title = خارج الخدمة
kiosk-out-offline = لا توجد شبكة
kiosk-out-verifier = تسجيل الدخول غير متاح
kiosk-out-disk = مساحة التخزين ممتلئة
kiosk-out-browser = صفحة تسجيل الدخول لا تُفتح
kiosk-out-unregistered = لم يُعَدّ هذا الكشك بعد
kiosk-out-wait = غالبًا ما يزول هذا تلقائيًا. انتظر لحظة من فضلك.
kiosk-out-repair = يحتاج هذا الكشك إلى إصلاح أولًا.
kiosk-out-ask = اسأل الموظفين أو استخدم كشكًا آخر.
kiosk-out-elsewhere = استخدم كشكًا آخر من فضلك.
kiosk-out-since = { $minutes ->
    [zero] الآن
    [one] منذ دقيقة واحدة
    [two] منذ دقيقتين
    [few] منذ { $minutes } دقائق
    [many] منذ { $minutes } دقيقة
   *[other] منذ { $minutes } دقيقة
}

## Kiosk: operator
kiosk-operator-title = التشغيل
kiosk-operator-close = العودة إلى الكشك
kiosk-operator-measures = الوجه: { $face } % من العرض. المسافة: نحو { $distance } سم. الضوء: { $light } من 255.
kiosk-operator-no-face = لا يظهر في الصورة وجه واحد بالضبط.
kiosk-camera-fixed = يحدد ذلك ملف إعدادات هذا الكشك.
kiosk-camera-pin = قبول هذه الكاميرا فقط
kiosk-qualify = قياس هذا الموقع
kiosk-qualify-again = القياس مرة أخرى
kiosk-qualify-stop = إيقاف القياس
kiosk-qualify-body = انظر إلى الكاميرا كما في تسجيل الدخول. بعد كل التقاط ابتعد، ثم عد أو دع شخصًا آخر يقف مكانك. استعن بعدة أشخاص، وقِس نهارًا ومساءً. لا تُحفظ أي صورة.
kiosk-qualify-count = الالتقاطات: { $taken } من { $wanted }
kiosk-qualify-taken = جيد. ابتعد، ثم الالتقاط التالي.
kiosk-qualify-low = تم الالتقاط، لكنه دون الحد. تحقق من الإضاءة والمسافة.
kiosk-qualify-missed = لم يستقر أي وجه في مكانه في الوقت المحدد. حاول مرة أخرى.
kiosk-qualify-fit = هذا الموقع مناسب
kiosk-qualify-not-fit = هذا الموقع غير مناسب بعد
kiosk-qualify-overlap = { $below } من { $captures } التقاطات دون الحد: سيُرفض أشخاص حقيقيون.
kiosk-qualify-near = نجحت كل الالتقاطات، لكنها قريبة جدًا من الحد.
kiosk-qualify-kept = حُفظ لهذه الكاميرا: أرقام فقط، بلا أي صورة.
kiosk-qualify-lost = تعذر حفظ النتيجة.
kiosk-site-more-light = إضاءة أكثر على الوجوه
kiosk-site-less-light = إضاءة أقل على الوجوه
kiosk-site-even-light = إضاءة من الأمام، لا من جانب واحد
kiosk-site-nearer = أشخاص أقرب إلى الكاميرا، أو كاميرا بمجال أضيق
kiosk-site-farther = أشخاص أبعد عن الكاميرا
kiosk-site-aim = توجيه الكاميرا إلى الوجوه، بمستوى العينين
kiosk-site-glasses = بلا نظارات داكنة
kiosk-site-lens = عدسة نظيفة ومضبوطة التركيز
kiosk-site-one-person = شخص واحد في كل مرة داخل الصورة
kiosk-site-faster = كاميرا أسرع، أو إضاءة أكثر
kiosk-site-other-camera = كاميرا أخرى
kiosk-site-more-captures = المزيد من الالتقاطات
kiosk-restart = إعادة تشغيل البرنامج
kiosk-reboot = إعادة تشغيل الحاسوب
kiosk-quit = إنهاء البرنامج
kiosk-pin-body = أدخل رمز PIN.
kiosk-pin-open = فتح
kiosk-pin-typed = { $typed ->
    [zero] لا أرقام
    [one] رقم واحد
    [two] رقمان
    [few] { $typed } أرقام
    [many] { $typed } رقمًا
   *[other] { $typed } رقم
}
kiosk-pin-wrong = هذا ليس رمز PIN الصحيح.
kiosk-pin-wait = { $seconds ->
    [zero] هذا ليس رمز PIN الصحيح. حاول الآن.
    [one] هذا ليس رمز PIN الصحيح. حاول بعد ثانية واحدة.
    [two] هذا ليس رمز PIN الصحيح. حاول بعد ثانيتين.
    [few] هذا ليس رمز PIN الصحيح. حاول بعد { $seconds } ثوانٍ.
    [many] هذا ليس رمز PIN الصحيح. حاول بعد { $seconds } ثانية.
   *[other] هذا ليس رمز PIN الصحيح. حاول بعد { $seconds } ثانية.
}
kiosk-pin-locked = قُفل رمز PIN بعد محاولات كثيرة. يستطيع فريق تقنية المعلومات فتحه.
kiosk-attend-title = اطلب حضور أحد الموظفين
kiosk-attend-body = قبل إعداد وجهك يؤكد مشرف هويتك برقمه ورمز PIN الخاص به. ثم يعود الدور إليك.
kiosk-attend-number = رقم المشرف
kiosk-attend-pin = رمز PIN للمشرف
kiosk-attend-confirm = تأكيد
kiosk-attend-refused = لم يُقبل الرقم ورمز PIN. أدخلهما مرة أخرى. إن لم يُجدِ ذلك، فيستطيع المسؤول فتحهما أو استبدالهما.
kiosk-attend-later = يتعذر التحقق الآن. حاول مرة أخرى بعد قليل.

## Allow another device
approve-title = السماح لجهاز آخر
approve-body = أدخل الرمز الظاهر على الجهاز الآخر. يجب أن تكون أنت من يسجّل الدخول عليه الآن.
approve-warning = لا تُدخل أبدًا رمزًا أرسله إليك شخص ما أو قرأه عليك.
approve-label = الرمز، مثل ABCD-EFGH
approve-continue = متابعة
approve-form = يتكوّن الرمز من ثمانية أحرف وأرقام، مثل ABCD-EFGH.
approve-refused = لا يمكن استخدام هذا الرمز هنا. تحقق منه، أو ابدأ تسجيل الدخول من جديد على الجهاز الآخر. يجب أن يكون هذا الحاسوب مسموحًا به للحساب نفسه.
approve-too-many = جُرّبت رموز كثيرة جدًا. انتظر قليلًا، ثم حاول مرة أخرى.
approve-network = يتعذر الوصول إلى خدمة التحقق. تحقق من الشبكة، ثم حاول مرة أخرى.
approve-ask-title = هل تسمح لهذا الجهاز؟
approve-ask-body = يطلب التحقق من وجهك عند تسجيل الدخول. اسمح له فقط إذا كان جهازك وكنت تستخدمه الآن.
approve-ask-warning = ألا تسجّل الدخول على جهاز آخر؟ لا تسمح له، وغيّر كلمة المرور: فهناك من يعرفها.
approve-device = الجهاز
approve-thumbprint = بصمة المفتاح
approve-asked = وقت الطلب
approve-allow = السماح لهذا الجهاز
approve-deny = عدم السماح
approve-done-title = تم السماح للجهاز
approve-done-body = عُد إليه وافتح الرابط من جديد من متصفحه.

## Settings
settings-title = الإعدادات
settings-camera = الكاميرا
settings-camera-first = أول كاميرا متاحة
settings-camera-gone = { $camera } (غير موصولة)
settings-camera-turn = تدوير الصورة باتجاه عقارب الساعة
settings-camera-mirrored = تبدّل الكاميرا بين اليمين واليسار
settings-camera-pinned = يستخدم هذا الحاسوب هذه الكاميرا وحدها. يمكن للمسؤول عنه تغيير ذلك في ملف الإعدادات.
settings-camera-testing = لأغراض الاختبار، يمكن هنا أن يحل برنامج محل الكاميرا. ويُذكر ذلك في كل تسجيل دخول.
settings-language = اللغة
settings-language-system = كما في النظام
settings-theme = المظهر
settings-theme-system = كما في النظام
settings-theme-light = فاتح
settings-theme-dark = داكن
settings-theme-contrast = تباين عالٍ
settings-text-size = حجم النص
settings-reduced-motion = حركة أقل
settings-resident = البقاء على استعداد في الخلفية
settings-resident-what = تُفتح عمليات تسجيل الدخول أسرع. يبدأ عند دخولك إلى هذا الحاسوب ويستخدم بعض الذاكرة.
settings-verifiers = خدمات التحقق الموثوق بها
settings-verifiers-none = لا توجد بعد. يضيفها المسؤول عن هذا الحاسوب إلى ملف الإعدادات.
settings-about = حول البرنامج والتراخيص
settings-diagnostics = التشخيص
settings-back = رجوع
settings-not-saved = تعذر حفظ الإعدادات.
settings-ignored = جرى تجاهل السطر { $line } من { $path }: { $fault }
settings-unusable = يتعذر استخدام { $path }، لذلك تُطبَّق الإعدادات الافتراضية: { $fault }
settings-managed = تديره مؤسستك.
settings-managed-ignored = جرى تجاهل جزء من { $place } الذي حددته مؤسستك: { $fault }
settings-managed-unusable = يتعذر استخدام { $place } الذي حددته مؤسستك، لذلك لا يمكن بدء أي تسجيل دخول. تواصل مع فريق تقنية المعلومات. { $fault }
font-missing = تحتاج هذه اللغة إلى خط غير مثبَّت.

## Camera test
camera-test-title = اختبار الكاميرا
camera-test-body = لا يرى هذه الصورة غيرك. لا يُقيَّم أي شيء لتسجيل دخول، ولا يُحفظ، ولا يُرسَل.
camera-test-good = موضعك مناسب

## Diagnostics
diagnostics-title = التشخيص
diagnostics-body = ما يحتاج إليه هذا التثبيت، وما ينبغي فعله إن نقص شيء. لا بيانات شخصية.
diagnostics-running = يجري الفحص…
diagnostics-copy = نسخ
diagnostics-good = سليم
diagnostics-attention = يحتاج إلى انتباه
diagnostics-unknown = غير معروف

## About
about-title = حول البرنامج
about-licence = MIT أو Apache-2.0
about-fonts = الخط: Inter، رخصة SIL Open Font 1.1

## Diagnostics: what is looked at
doctor-camera = الكاميرا
doctor-graphics = الرسوميات
doctor-libraries = المكتبات
doctor-key = مفتاح الجهاز
doctor-models = الشبكات العصبية
doctor-verifier = خدمة التحقق
doctor-clock = الساعة
doctor-link = روابط تسجيل الدخول
doctor-managed = الإعدادات المُدارة
doctor-settings = الإعدادات

## Diagnostics: what to do
doctor-fix-connect-camera = صِل كاميرا، أو شغّل الكاميرا المدمجة.
doctor-fix-connect-usb-camera = صِل كاميرا USB: لا تعمل الكاميرا المدمجة إلا عبر libcamera، ولا يستخدمه Countenance بعد.
doctor-fix-join-video-group = لا يحق لهذا الحساب استخدام الكاميرات. أضفه إلى المجموعة «video»، ثم سجّل الخروج وسجّل الدخول من جديد.
doctor-fix-open-desktop = شغّل Countenance في جلسة سطح مكتب لها شاشة.
doctor-fix-join-render-group = لا يحق لهذا الحساب استخدام جهاز الرسوميات. أضفه إلى المجموعتين «render» و«video»، ثم سجّل الخروج وسجّل الدخول من جديد.
doctor-fix-install-libraries = ثبّت المكتبات المذكورة أعلاه.
doctor-fix-protect-key = يمكن لغيرك قراءة مفتاح هذا الجهاز. اجعل الملف خاصًا بك، أو احذفه وسجّل هذا الجهاز من جديد.
doctor-fix-replace-key = ملف المفتاح تالف. انقله إلى مكان آخر: سيُنشأ مفتاح جديد، ويجب تسجيل هذا الجهاز من جديد.
doctor-fix-reinstall = ثبّت Countenance من جديد من حيث حصلت عليه.
doctor-fix-restore-net = أعد الشبكة المضافة ووصفها إلى ما كانا عليه عند تثبيتهما، أو صحّح liveness_nets في ملف الإعدادات.
doctor-fix-name-verifier = اطلب من المسؤول عن هذا الحاسوب إضافة خدمة التحقق الخاصة بك إلى الإعدادات.
doctor-fix-check-network = تحقق من الشبكة، ثم حاول مرة أخرى.
doctor-fix-check-certificates = تحقق من ساعة هذا الحاسوب وشهاداته الموثوق بها، ومما يقع بينه وبين الخدمة.
doctor-fix-ask-verifier = اسأل المسؤول عن خدمة التحقق هل هذا عنوانها.
doctor-fix-set-clock = اضبط ساعة هذا الحاسوب، ويفضَّل أن يكون ذلك تلقائيًا.
doctor-fix-register-link = اجعل Countenance البرنامج الذي يفتح روابط تسجيل الدخول.
doctor-fix-move-program = انقل Countenance إلى مجلد لا يحتوي مساره على مسافات، ثم اجعله البرنامج الذي يفتح روابط تسجيل الدخول.
doctor-fix-install-xdg-utils = ثبّت xdg-utils، ثم تحقق من جديد.
doctor-fix-correct-settings = صحّح الأسطر المذكورة أعلاه في ملف الإعدادات.
doctor-fix-protect-settings = تأكد من أن أحدًا غيرك لم يغيّر ملف الإعدادات، ثم اسمح لحسابك وحده بتغيير الملف ومجلده.
doctor-fix-correct-managed = اطلب من فريق تقنية المعلومات تصحيح ما ذُكر أعلاه: الملف المُدار أو السياسة أو ملف التعريف.
doctor-fix-protect-managed = اطلب من فريق تقنية المعلومات التأكد من أن أحدًا لم يغيّر ملف الإعدادات المُدار، ثم السماح للمسؤول وحده بتغيير الملف ومجلده.
