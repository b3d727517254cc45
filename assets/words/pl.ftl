# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Potwierdź swoją twarzą, na tym komputerze, że to Ty.

## Ready
ready-title = Wszystko gotowe
ready-body = Gdy logowanie poprosi o Twoją twarz, to okno otworzy się samo. Do tego czasu nie trzeba tu nic robić.
ready-privacy = Kamera pozostaje wyłączona, dopóki nie naciśniesz „Rozpocznij”. Twój obraz jest oceniany na tym komputerze.
ready-link-label = Link ze strony logowania
ready-link-hint = countenance://verify?…
ready-link-open = Otwórz link
ready-try-camera = Wypróbuj kamerę
ready-approve = Zezwól na inne urządzenie
ready-settings = Ustawienia
link-refused-title = Nie można otworzyć tego linku
link-refused-form = To nie jest link logowania Countenance. Skopiuj go ponownie ze strony logowania.
link-refused-verifier = Wskazuje usługę weryfikacji, której ten komputer nie ufa. Zwróć się do osoby, która zajmuje się tym komputerem.
link-busy = Trwa już inne logowanie. Najpierw je dokończ lub anuluj.

## Opening
opening-title = Chwileczkę
opening-body = Pytamy usługę weryfikacji, kto prosi Cię o zalogowanie się.

## Consent
consent-title-verify = Czy to Twoje logowanie?
consent-title-enroll = Skonfiguruj logowanie twarzą
consent-asks = { $application } prosi o Twoją twarz
consent-application = Aplikacja
consent-account = Konto
consent-tenant = Usługa logowania
consent-began = Rozpoczęto
consent-now = przed chwilą
consent-minutes = { $minutes ->
    [one] { $minutes } minutę temu
    [few] { $minutes } minuty temu
    [many] { $minutes } minut temu
   *[other] { $minutes } minuty temu
}
consent-captured = Około dwóch sekund obrazu z kamery, ocenianego na tym komputerze.
    .kiosk = Około dwóch sekund obrazu z kamery, ocenianego w tym kiosku.
consent-sent = Jedno zdjęcie i podpisany raport trafiają do usługi weryfikacji.
consent-kept = Na tym komputerze nic nie zostaje.
    .kiosk = W tym kiosku nic nie zostaje.
consent-template = Usługa przechowuje wzorzec: liczby, po których można rozpoznać Twoją twarz, a nie zdjęcie. Możesz zażądać jego usunięcia.
consent-light = Kamera włączy się, gdy naciśniesz „Rozpocznij”.
consent-begin = Rozpocznij
consent-not-me = To nie ja
consent-warning = To nie Ty rozpoczynasz to logowanie? Naciśnij „To nie ja”.

## Capture
capture-starting = Uruchamianie kamery
capture-cancel = Anuluj
capture-time-left = { $seconds ->
    [one] została { $seconds } sekunda
    [few] zostały { $seconds } sekundy
    [many] zostało { $seconds } sekund
   *[other] zostało { $seconds } sekundy
}
capture-progress = Postęp: { $percent }%
capture-preview = Twój obraz, jak w lustrze
capture-recording = Odtwarzane jest nagranie, bez kamery
capture-recording-parts = Odtwarzane jest nagranie, w którym brakuje części
hint-no-face = Pokaż swoją twarz
hint-several-faces = Jedna osoba naraz
hint-upside-down = Obraz do góry nogami: zobacz ustawienia
    .kiosk = Obraz odwrócony: zwróć się do obsługi
    .alone = Obraz odwrócony: użyj innego kiosku
hint-come-closer = Przysuń się bliżej
hint-move-back = Odsuń się trochę
hint-move-left = Przesuń się w lewo
hint-move-right = Przesuń się w prawo
hint-move-up = Przesuń się trochę wyżej
hint-move-down = Przesuń się trochę niżej
hint-look-straight = Patrz prosto przed siebie
hint-hold-head-upright = Trzymaj głowę prosto
hint-eyes-hidden = Odsłoń oczy
hint-too-dark = Więcej światła na twarz
hint-too-bright = Mniej światła na twarz
hint-uneven-light = Oświetl twarz równomiernie
hint-hold-still = Nie ruszaj się
hint-almost-there = Jeszcze chwila, patrz dalej

## Camera trouble: cause, what to do
camera-denied-title = Brak zgody na użycie kamery
camera-denied-body = Ten komputer nie pozwala Countenance korzystać z kamery.
camera-denied-fix-linux = Poproś osobę, która zajmuje się tym komputerem, o dodanie Twojego konta do grupy „video”, a potem wyloguj się i zaloguj ponownie.
camera-denied-fix-macos = Otwórz Ustawienia systemowe, Prywatność i ochrona, Kamera, i zezwól aplikacji Countenance.
camera-denied-fix-windows = Otwórz Ustawienia, Prywatność i zabezpieczenia, Kamera, i zezwól aplikacjom klasycznym na użycie kamery.
camera-denied-fix-desktop = Otwórz ustawienia pulpitu, znajdź Countenance wśród aplikacji i zezwól na użycie kamery. Potem spróbuj ponownie.
camera-busy-title = Kamera jest zajęta
camera-busy-body = Z kamery korzysta inny program.
camera-busy-fix = Zamknij rozmowy wideo i inne programy używające kamery, a potem spróbuj ponownie.
camera-absent-title = Nie znaleziono kamery
camera-absent-body = Ten komputer nie ma kamery, której można użyć.
camera-absent-fix = Podłącz kamerę lub otwórz jej osłonę, a potem spróbuj ponownie.
camera-libcamera-title = Wbudowanej kamery nie można jeszcze użyć
camera-libcamera-body = Jest podłączona do procesora obrazu Intel (IPU) i działa tylko przez libcamera, czego Countenance jeszcze nie obsługuje.
camera-libcamera-fix = Podłącz kamerę USB, a potem spróbuj ponownie.
camera-asking-title = Twój pulpit pyta o kamerę
camera-asking-body = Countenance może korzystać z kamery tylko za Twoją zgodą.
camera-asking-fix = Odpowiedz na pytanie pulpitu, a potem spróbuj ponownie.
camera-portal-title = Nie można połączyć się z kamerą
camera-portal-body = Na tym komputerze kamery działają tylko przez portal kamery pulpitu, który nie odpowiada albo nie ma kamery.
camera-portal-fix = Poproś osobę, która zajmuje się tym komputerem, o sprawdzenie xdg-desktop-portal, PipeWire i jego wtyczki libcamera albo podłącz kamerę USB. Potem spróbuj ponownie.
camera-unsupported-title = Tej kamery nie można użyć
camera-unsupported-body = Nie daje obrazu w postaci, którą Countenance rozumie.
camera-unsupported-fix = Wybierz lub podłącz inną kamerę, a potem spróbuj ponownie.
camera-lost-title = Kamera została odłączona
camera-lost-body = Kamera zniknęła w trakcie użycia.
camera-lost-fix = Podłącz ją ponownie, a potem spróbuj jeszcze raz.
camera-stalled-title = Kamera nie odpowiada
camera-stalled-body = Jest podłączona, ale nie daje obrazu.
camera-stalled-fix = Odłącz kamerę, podłącz ją ponownie, a potem spróbuj jeszcze raz.
camera-not-pinned-title = Brak właściwej kamery
camera-not-pinned-body = Ten komputer używa jednej określonej kamery, a ta nie jest podłączona.
camera-not-pinned-fix = Podłącz tę kamerę lub powiadom osobę, która zajmuje się tym komputerem.
camera-slow-title = Kamera jest zbyt wolna
camera-slow-body = Daje zbyt mało obrazów na sekundę.
camera-slow-fix = Zapewnij więcej światła, podłącz kamerę do osobnego portu i zamknij inne programy, a potem spróbuj ponownie.
camera-black-title = Obraz jest czarny
camera-black-body = Kamera działa, ale nic nie widać.
camera-black-fix = Otwórz osłonę kamery lub zdejmij zaślepkę, a potem spróbuj ponownie.
camera-frozen-title = Obraz stoi w miejscu
camera-frozen-body = Kamera wciąż daje ten sam obraz.
camera-frozen-fix = Odłącz kamerę i podłącz ją ponownie albo użyj innej, a potem spróbuj jeszcze raz.
camera-monochrome-title = Obraz nie ma kolorów
camera-monochrome-body = To może być kamera na podczerwień albo jest za ciemno na kolory.
camera-monochrome-fix = Wybierz inną kamerę lub dodaj światła, a potem spróbuj ponownie.
camera-clock-title = Zegar kamery działa źle
camera-clock-body = Czas jej obrazów się cofa.
camera-clock-fix = Odłącz kamerę i podłącz ją ponownie albo użyj innej, a potem spróbuj jeszcze raz.
camera-not-allowed-title = Ta kamera nie jest akceptowana
camera-not-allowed-body = To program albo jej obrazy nie wyglądają tak, jakby pochodziły z obiektywu.
camera-not-allowed-fix = Użyj kamery wbudowanej lub innej, a potem spróbuj ponownie.
camera-recording-title = Nie można odtworzyć nagrania
camera-recording-body = Nie można odczytać pliku podanego zamiast kamery.
camera-recording-fix = Sprawdź nazwę i rodzaj pliku, a potem zacznij od nowa.
camera-another = Użyj innej kamery
camera-came = Jest kamera. Kolejna próba.
camera-software = { $camera } (program)

## Failed attempts
try-again = Spróbuj ponownie
stop-here = Zakończ tutaj
use-code = Użyj kodu
attempts-left = { $attempts ->
    [one] została { $attempts } próba
    [few] zostały { $attempts } próby
    [many] zostało { $attempts } prób
   *[other] zostało { $attempts } próby
}
cannot-tell-title = Obraz był zbyt niewyraźny
cannot-tell-body = Z Tobą wszystko w porządku. Lepszy obraz pomoże:
cannot-tell-light = Zwróć się w stronę okna lub lampy. Za Tobą nie powinno być ani okna, ani lampy.
cannot-tell-distance = Usiądź w odległości wyciągniętej ręki, z twarzą pośrodku.
    .kiosk = Stań w odległości wyciągniętej ręki, z twarzą pośrodku.
cannot-tell-glasses = Przechyl okulary lub głowę, aby usunąć odbicia.
cannot-tell-unsure = Z Tobą wszystko w porządku. Obraz pozostawia wątpliwości. To pomoże:
cannot-tell-move = Porusz lekko głową i mrugnij.
not-accepted-title = Nie udało się
not-accepted-not-live = Pokaż własną twarz, na żywo, prosto do kamery.
not-accepted-no-match = Nie rozpoznano Twojej twarzy dla tego konta.
not-accepted-poor-quality = Jakość obrazu nie wystarczyła do porównania.
not-accepted-camera = Ta kamera nie jest akceptowana przy tym logowaniu. Użyj kamery wbudowanej lub innej.
    .kiosk = Kamera tego kiosku nie jest akceptowana przy tym logowaniu. Zwróć się do obsługi.
    .alone = Kamera tego kiosku nie jest akceptowana przy tym logowaniu. Skorzystaj z innego kiosku.
not-accepted-untrusted = Usługa weryfikacji nie przyjęła raportu tego komputera. Powiadom osobę, która się nim zajmuje.
    .kiosk = Usługa weryfikacji nie przyjęła raportu tego kiosku. Zwróć się do obsługi.
    .alone = Usługa weryfikacji nie przyjęła raportu tego kiosku. Skorzystaj z innego kiosku.
picture-yours = Twoje zdjęcie
picture-ideal = Jak powinno wyglądać

## Sending
sending-title = Sprawdzanie
sending-body = Twoje zdjęcie jest w drodze. To potrwa chwilę.
sending-retrying = Brak połączenia. Ponawiam próbę.

## Code instead
code-title = Użyj kodu
code-choose = Jednorazowy kod zostanie wysłany na numer telefonu Twojego konta.
code-sms = Wyślij SMS
code-voice = Zadzwoń do mnie
code-camera = Użyj kamery
code-waiting = Pytamy usługę weryfikacji.
code-sent = Kod jest w drodze. Może to potrwać minutę.
code-label = Kod 6-cyfrowy
code-check = Sprawdź kod
code-wrong = To nie jest wysłany kod.
code-not-sent-refused = W ten sposób nie można wysłać kodu na Twój telefon. Wybierz inny sposób.
code-not-sent-later = Nie udało się wysłać kodu. Spróbuj ponownie za chwilę albo wybierz inny sposób.
code-not-checked-refused = To logowanie nie przyjmuje już kodów. Wybierz inny sposób.
code-not-checked-later = Nie udało się sprawdzić kodu. Spróbuj ponownie za chwilę albo wybierz inny sposób.
code-resend = Wyślij ponownie
code-resend-wait = { $seconds ->
    [one] Wyślij ponownie za { $seconds } sekundę
    [few] Wyślij ponownie za { $seconds } sekundy
    [many] Wyślij ponownie za { $seconds } sekund
   *[other] Wyślij ponownie za { $seconds } sekundy
}

## Endings
done-title = To Ty
done-title-enroll = Logowanie twarzą jest gotowe
done-body = Wróć do przeglądarki. To okno zamknie się samo.
refused-title = Nie zalogowano
refused-cancelled = Logowanie anulowane. Przeglądarka już o tym wie.
    .kiosk = Logowanie anulowane. Nikt nie jest zalogowany.
refused-not-me = To logowanie zostało zatrzymane. Jeśli to nie Ty, zmień hasło.
refused-too-many = Zbyt wiele prób. Odczekaj chwilę i zaloguj się ponownie.
refused-timed-out = Czas na to logowanie minął. Zaloguj się ponownie w przeglądarce.
    .kiosk = Czas na to logowanie minął. Zacznij od nowa.
refused-not-enrolled = Dla tego konta nie skonfigurowano logowania twarzą. Zwróć się do osoby, która zajmuje się Twoim kontem.
    .kiosk = Dla tego konta nie skonfigurowano logowania twarzą. Zwróć się do obsługi.
    .alone = Dla tego konta nie skonfigurowano logowania twarzą. Zwróć się do osoby, która zajmuje się Twoim kontem.
refused-disabled = Logowanie za pomocą kamery jest tu wyłączone. Zwróć się do osoby, która zajmuje się Twoim kontem.
    .kiosk = Logowanie za pomocą kamery jest tu wyłączone. Zwróć się do obsługi.
    .alone = Logowanie za pomocą kamery jest tu wyłączone. Zwróć się do osoby, która zajmuje się Twoim kontem.
refused-other = Przeglądarka pokaże, co dalej.
    .kiosk = Następna strona pokaże, co dalej.
failed-title = Logowanie zostało przerwane
failed-login-again = Ten link został już użyty albo jest za stary. Zacznij logowanie od nowa w przeglądarce.
    .kiosk = Czas na to logowanie minął. Zacznij od nowa.
failed-network = Nie można połączyć się z usługą weryfikacji. Sprawdź sieć i otwórz link ponownie z przeglądarki.
    .kiosk = Nie można połączyć się z usługą weryfikacji. Spróbuj za chwilę albo zwróć się do obsługi.
    .alone = Nie można połączyć się z usługą weryfikacji. Spróbuj za chwilę albo skorzystaj z innego kiosku.
failed-operator = Ta instalacja jest uszkodzona. Powiedz osobie, która zajmuje się tym komputerem, co pokazuje diagnostyka.
    .kiosk = Ten kiosk jest uszkodzony. Zwróć się do obsługi.
    .alone = Ten kiosk jest uszkodzony. Skorzystaj z innego kiosku.
failed-title-approve = Ten komputer nie jest jeszcze zatwierdzony
    .kiosk = Ten kiosk nie jest jeszcze zatwierdzony
failed-approve = To konto nie używa jeszcze tego komputera. Jeśli przyszła do Ciebie wiadomość e-mail w tej sprawie, zezwól w niej na ten komputer; w przeciwnym razie zapytaj administratora. Potem otwórz link ponownie z przeglądarki.
    .kiosk = Tego kiosku nie można jeszcze używać z Twoim kontem. Zwróć się do obsługi.
    .alone = Tego kiosku nie można jeszcze używać z Twoim kontem. Zwróć się do osoby, która zajmuje się Twoim kontem.
failed-approve-code = Możesz też użyć komputera, na którym już logujesz się twarzą: otwórz na nim Countenance, wybierz „Zezwól na inne urządzenie” i wpisz ten kod.
failed-approve-command = Możesz też uruchomić tam: { $command }
failed-approve-minutes = { $minutes ->
    [one] Kod jest ważny jeszcze { $minutes } minutę.
    [few] Kod jest ważny jeszcze { $minutes } minuty.
    [many] Kod jest ważny jeszcze { $minutes } minut.
   *[other] Kod jest ważny jeszcze { $minutes } minuty.
}
failed-title-update = Zaktualizuj Countenance
    .kiosk = Ten kiosk wymaga aktualizacji
failed-update = Ta wersja Countenance jest za stara na to logowanie. Zaktualizuj ją lub zapytaj dział IT. Potem zacznij logowanie od nowa w przeglądarce.
    .kiosk = Jego wersja jest za stara na to logowanie. Zwróć się do obsługi.
    .alone = Jego wersja jest za stara na to logowanie. Skorzystaj z innego kiosku.
failed-title-clock = Zegar tego komputera jest źle ustawiony
    .kiosk = Zegar tego kiosku jest źle ustawiony
failed-clock = Ten komputer pokazuje { $here }, a jest { $there }. Poproś dział IT o ustawienie zegara, a potem zacznij logowanie od nowa w przeglądarce.
    .kiosk = Pokazuje { $here }, a jest { $there }. Zwróć się do obsługi.
    .alone = Pokazuje { $here }, a jest { $there }. Skorzystaj z innego kiosku.
close = Zamknij

## Kiosk
kiosk-attract-title = Zaloguj się twarzą
kiosk-attract-body = Dotknij przycisku, wyraź zgodę i spójrz w kamerę. To zajmie kilka sekund.
kiosk-start = Dotknij, aby się zalogować
kiosk-badge = Albo przyłóż identyfikator do czytnika.
kiosk-privacy = Kamera jest wyłączona, dopóki nie wyrazisz zgody. W tym kiosku nic o Tobie nie zostaje.
kiosk-privacy-watched = Kamera jest włączona, dopóki tu jesteś. W tym kiosku nic o Tobie nie zostaje.
kiosk-text-size = Rozmiar tekstu: { $percent } %
kiosk-lower = Niżej
kiosk-higher = Wyżej
kiosk-speech-on = Czytaj na głos
kiosk-speech-off = Przestań czytać
kiosk-there-title = Nadal tu jesteś?
kiosk-there-body = { $seconds ->
    [one] Inaczej logowanie zakończy się za { $seconds } sekundę, a wszystko o Tobie zostanie usunięte.
    [few] Inaczej logowanie zakończy się za { $seconds } sekundy, a wszystko o Tobie zostanie usunięte.
    [many] Inaczej logowanie zakończy się za { $seconds } sekund, a wszystko o Tobie zostanie usunięte.
   *[other] Inaczej logowanie zakończy się za { $seconds } sekundy, a wszystko o Tobie zostanie usunięte.
}
kiosk-there-here = Jestem tutaj
kiosk-there-leave = Zakończ teraz
kiosk-thanks = Dziękujemy, { $account }.
kiosk-thanks-all = Dziękujemy.
kiosk-thanks-next = Teraz otwiera się następna strona.
kiosk-wipe = Gdy odejdziesz, wszystko o Tobie zostanie usunięte z tego ekranu.
kiosk-next = Dalej
kiosk-next-person = Następna osoba, proszę.
kiosk-wiping-title = Wylogowywanie
kiosk-wiping-body = Wszystko z tej wizyty jest usuwane.
kiosk-wiped-title = Wylogowano
kiosk-wiped-body = Wszystko z tej wizyty usunięto.
kiosk-link-title = Nie można zacząć tego logowania
kiosk-link-body = Zacznij od nowa. Jeśli to nie pomoże, zwróć się do obsługi.
    .alone = Zacznij od nowa. Jeśli to nie pomoże, skorzystaj z innego kiosku.
kiosk-camera-body = Kamera tego kiosku nie działa.
kiosk-camera-fix = Spróbuj ponownie. Jeśli to nie pomoże, zwróć się do obsługi.
    .alone = Spróbuj ponownie. Jeśli to nie pomoże, skorzystaj z innego kiosku.
kiosk-code-typed = { $typed } z { $total } cyfr
kiosk-erase = Usuń ostatnią cyfrę
kiosk-out-title = Nieczynne
kiosk-out-offline = Brak sieci
kiosk-out-verifier = Logowanie jest niedostępne
kiosk-out-disk = Pamięć jest pełna
kiosk-out-browser = Strona logowania się nie otwiera
kiosk-out-unregistered = Ten kiosk nie jest jeszcze skonfigurowany
kiosk-out-wait = To często mija samo. Poczekaj chwilę.
kiosk-out-repair = Ten kiosk trzeba najpierw naprawić.
kiosk-out-ask = Zwróć się do obsługi albo skorzystaj z innego kiosku.
kiosk-out-elsewhere = Skorzystaj z innego kiosku.
kiosk-out-since = { $minutes ->
    [one] Od { $minutes } minuty
    [few] Od { $minutes } minut
    [many] Od { $minutes } minut
   *[other] Od { $minutes } minuty
}

## Kiosk: operator
kiosk-operator-title = Obsługa techniczna
kiosk-operator-close = Wróć do kiosku
kiosk-operator-measures = Twarz: { $face } % szerokości. Odległość: około { $distance } cm. Światło: { $light } z 255.
kiosk-operator-no-face = Na obrazie nie ma dokładnie jednej twarzy.
kiosk-camera-fixed = Decyduje o tym plik konfiguracji tego kiosku.
kiosk-camera-pin = Akceptuj tylko tę kamerę
kiosk-qualify = Zmierz to miejsce
kiosk-qualify-again = Zmierz ponownie
kiosk-qualify-stop = Przerwij pomiar
kiosk-qualify-body = Patrz w kamerę jak przy logowaniu. Po każdym ujęciu odsuń się, a potem wróć albo wpuść kogoś innego. Użyj kilku osób, mierz w dzień i wieczorem. Żaden obraz nie jest zachowywany.
kiosk-qualify-count = Ujęcia: { $taken } z { $wanted }
kiosk-qualify-taken = Dobrze. Odsuń się, potem następne ujęcie.
kiosk-qualify-low = Ujęcie jest, ale poniżej progu. Sprawdź światło i odległość.
kiosk-qualify-missed = Żadna twarz nie ustawiła się na czas. Spróbuj ponownie.
kiosk-qualify-fit = To miejsce się nadaje
kiosk-qualify-not-fit = To miejsce jeszcze się nie nadaje
kiosk-qualify-overlap = Ujęcia poniżej progu: { $below } z { $captures }. Prawdziwe osoby byłyby odrzucane.
kiosk-qualify-near = Wszystkie ujęcia przechodzą, ale zbyt blisko progu.
kiosk-qualify-kept = Zapisano dla tej kamery: same liczby, żaden obraz.
kiosk-qualify-lost = Nie udało się zapisać wyniku.
kiosk-site-more-light = Więcej światła na twarze
kiosk-site-less-light = Mniej światła na twarze
kiosk-site-even-light = Światło z przodu, nie z jednej strony
kiosk-site-nearer = Ludzie bliżej kamery albo kamera o węższym polu widzenia
kiosk-site-farther = Ludzie dalej od kamery
kiosk-site-aim = Kamera skierowana na twarze, na wysokości oczu
kiosk-site-glasses = Bez ciemnych okularów
kiosk-site-lens = Czysty, ostry obiektyw
kiosk-site-one-person = Jedna osoba naraz w kadrze
kiosk-site-faster = Szybsza kamera albo więcej światła
kiosk-site-other-camera = Inna kamera
kiosk-site-more-captures = Więcej ujęć
kiosk-restart = Uruchom program ponownie
kiosk-reboot = Uruchom komputer ponownie
kiosk-quit = Zakończ program
kiosk-pin-body = Wpisz PIN.
kiosk-pin-open = Otwórz
kiosk-pin-typed = { $typed ->
    [one] { $typed } cyfra
    [few] { $typed } cyfry
    [many] { $typed } cyfr
   *[other] { $typed } cyfry
}
kiosk-pin-wrong = To nie jest właściwy PIN.
kiosk-pin-wait = { $seconds ->
    [one] To nie jest właściwy PIN. Spróbuj ponownie za { $seconds } sekundę.
    [few] To nie jest właściwy PIN. Spróbuj ponownie za { $seconds } sekundy.
    [many] To nie jest właściwy PIN. Spróbuj ponownie za { $seconds } sekund.
   *[other] To nie jest właściwy PIN. Spróbuj ponownie za { $seconds } sekundy.
}
kiosk-pin-locked = PIN jest zablokowany po zbyt wielu próbach. Twój dział IT może go odblokować.
kiosk-attend-title = Poproś obsługę
kiosk-attend-body = Zanim Twoja twarz zostanie zapisana, osoba nadzorująca potwierdza numerem i kodem PIN, kim jesteś. Potem znowu Twoja kolej.
kiosk-attend-number = Numer osoby nadzorującej
kiosk-attend-pin = PIN osoby nadzorującej
kiosk-attend-confirm = Potwierdź
kiosk-attend-refused = Numer i PIN nie zostały przyjęte. Wpisz je jeszcze raz. Jeśli to nie pomoże, administrator może je odblokować lub wymienić.
kiosk-attend-later = Teraz nie można tego sprawdzić. Spróbuj ponownie za chwilę.

## Allow another device
approve-title = Zezwól na inne urządzenie
approve-body = Wpisz kod, który pokazuje drugie urządzenie. To Ty musisz się na nim teraz logować.
approve-warning = Nigdy nie wpisuj kodu, który ktoś Ci przysłał lub podyktował.
approve-label = Kod, na przykład ABCD-EFGH
approve-continue = Dalej
approve-form = Kod ma osiem liter i cyfr, na przykład ABCD-EFGH.
approve-refused = Tego kodu nie można tu użyć. Sprawdź go lub zacznij logowanie na drugim urządzeniu od nowa. Ten komputer musi być zatwierdzony dla tego samego konta.
approve-too-many = Wypróbowano zbyt wiele kodów. Odczekaj chwilę i spróbuj ponownie.
approve-network = Nie można połączyć się z usługą weryfikacji. Sprawdź sieć i spróbuj ponownie.
approve-ask-title = Zezwolić na to urządzenie?
approve-ask-body = Chce sprawdzać Twoją twarz podczas logowania. Zezwól tylko wtedy, gdy należy do Ciebie i właśnie go używasz.
approve-ask-warning = Nie logujesz się teraz na innym urządzeniu? Nie zezwalaj i zmień hasło: ktoś je zna.
approve-device = Urządzenie
approve-thumbprint = Odcisk klucza
approve-asked = Prośba
approve-allow = Zezwól na to urządzenie
approve-deny = Nie zezwalaj
approve-done-title = Urządzenie jest zatwierdzone
approve-done-body = Wróć do niego i otwórz link ponownie z jego przeglądarki.

## Settings
settings-title = Ustawienia
settings-camera = Kamera
settings-camera-first = Pierwsza znaleziona
settings-camera-gone = { $camera } (niepodłączona)
settings-camera-turn = Obróć obraz w prawo
settings-camera-mirrored = Kamera zamienia lewą i prawą stronę
settings-camera-pinned = Ten komputer używa tylko tej kamery. Osoba, która się nim zajmuje, może to zmienić w pliku ustawień.
settings-camera-testing = Na potrzeby testów kamerę może tu zastąpić program. Każde logowanie to zaznacza.
settings-language = Język
settings-language-system = Jak w systemie
settings-theme = Wygląd
settings-theme-system = Jak w systemie
settings-theme-light = Jasny
settings-theme-dark = Ciemny
settings-theme-contrast = Wysoki kontrast
settings-text-size = Rozmiar tekstu
settings-reduced-motion = Mniej ruchu
settings-resident = Gotowość w tle
settings-resident-what = Logowania otwierają się szybciej. Uruchamia się po zalogowaniu do tego komputera i zajmuje trochę pamięci.
settings-verifiers = Zaufane usługi weryfikacji
settings-verifiers-none = Na razie brak. Osoba, która zajmuje się tym komputerem, dodaje je do pliku ustawień.
settings-about = O programie i licencje
settings-diagnostics = Diagnostyka
settings-back = Wstecz
settings-not-saved = Nie udało się zapisać ustawień.
settings-ignored = Wiersz { $line } pliku { $path } został pominięty: { $fault }
settings-unusable = Nie można użyć pliku { $path }, dlatego obowiązują ustawienia domyślne: { $fault }
settings-managed = Zarządzane przez Twoją organizację.
settings-managed-ignored = { $place }, określone przez Twoją organizację, częściowo pominięto: { $fault }
settings-managed-unusable = Nie można użyć { $place }, określonego przez Twoją organizację, dlatego żadne logowanie nie może się rozpocząć. Skontaktuj się z działem IT. { $fault }
font-missing = Ten język wymaga czcionki, która nie jest zainstalowana.

## Camera test
camera-test-title = Test kamery
camera-test-body = Ten obraz widzisz tylko Ty. Nic nie jest oceniane na potrzeby logowania, przechowywane ani wysyłane.
camera-test-good = Dobra pozycja

## Diagnostics
diagnostics-title = Diagnostyka
diagnostics-body = Czego potrzebuje ta instalacja i co zrobić, gdy czegoś brakuje. Bez danych osobowych.
diagnostics-running = Sprawdzanie…
diagnostics-copy = Kopiuj
diagnostics-good = Dobrze
diagnostics-attention = Wymaga uwagi
diagnostics-unknown = Nie wiadomo

## About
about-title = O programie
about-licence = MIT lub Apache-2.0
about-fonts = Czcionka: Inter, licencja SIL Open Font 1.1

## Diagnostics: what is looked at
doctor-camera = Kamera
doctor-graphics = Grafika
doctor-libraries = Biblioteki
doctor-key = Klucz urządzenia
doctor-models = Sieci neuronowe
doctor-verifier = Usługa weryfikacji
doctor-clock = Zegar
doctor-link = Linki logowania
doctor-managed = Ustawienia zarządzane
doctor-settings = Ustawienia

## Diagnostics: what to do
doctor-fix-connect-camera = Podłącz kamerę lub włącz wbudowaną.
doctor-fix-connect-usb-camera = Podłącz kamerę USB: wbudowana działa tylko przez libcamera, czego Countenance jeszcze nie obsługuje.
doctor-fix-join-video-group = To konto nie może używać kamer. Dodaj je do grupy „video”, a potem wyloguj się i zaloguj ponownie.
doctor-fix-open-desktop = Uruchom Countenance w sesji pulpitu z ekranem.
doctor-fix-join-render-group = To konto nie może używać urządzenia graficznego. Dodaj je do grup „render” i „video”, a potem wyloguj się i zaloguj ponownie.
doctor-fix-install-libraries = Zainstaluj biblioteki wymienione powyżej.
doctor-fix-protect-key = Inni mogą odczytać klucz tego urządzenia. Ogranicz dostęp do pliku tylko do siebie albo usuń go i zarejestruj to urządzenie ponownie.
doctor-fix-replace-key = Plik klucza jest uszkodzony. Przenieś go w inne miejsce: powstanie nowy klucz, a to urządzenie trzeba będzie zarejestrować ponownie.
doctor-fix-reinstall = Zainstaluj Countenance ponownie z tego samego źródła.
doctor-fix-restore-net = Przywróć dodaną sieć i jej opis w postaci, w jakiej je zatwierdzono, albo popraw liveness_nets w pliku ustawień.
doctor-fix-name-verifier = Poproś osobę, która zajmuje się tym komputerem, o wpisanie Twojej usługi weryfikacji do ustawień.
doctor-fix-check-network = Sprawdź sieć, a potem spróbuj ponownie.
doctor-fix-check-certificates = Sprawdź zegar i zaufane certyfikaty tego komputera oraz to, co znajduje się między nim a usługą.
doctor-fix-ask-verifier = Zapytaj osobę, która prowadzi usługę weryfikacji, czy to jest jej adres.
doctor-fix-set-clock = Ustaw zegar tego komputera, najlepiej automatycznie.
doctor-fix-register-link = Ustaw Countenance jako program, który otwiera linki logowania.
doctor-fix-move-program = Przenieś Countenance do folderu bez spacji w ścieżce, a następnie ustaw go jako program, który otwiera linki logowania.
doctor-fix-install-xdg-utils = Zainstaluj xdg-utils, a potem sprawdź jeszcze raz.
doctor-fix-correct-settings = Popraw wymienione powyżej wiersze pliku ustawień.
doctor-fix-protect-settings = Sprawdź, czy nikt inny nie zmienił pliku ustawień, a następnie pozwól zmieniać go i jego folder tylko swojemu kontu.
doctor-fix-correct-managed = Poproś dział IT o poprawienie tego, co wymieniono powyżej: zarządzanego pliku, zasad lub profilu.
doctor-fix-protect-managed = Poproś dział IT o sprawdzenie, czy nikt nie zmienił zarządzanego pliku ustawień, a następnie o to, by tylko administrator mógł zmieniać plik i jego folder.
