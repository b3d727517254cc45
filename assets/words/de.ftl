# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Zeigen Sie mit Ihrem Gesicht, auf diesem Computer, dass Sie es sind.

## Ready
ready-title = Bereit, wenn Sie es sind
ready-body = Eine Anmeldung, die nach Ihrem Gesicht fragt, öffnet dieses Fenster von selbst. Bis dahin ist hier nichts zu tun.
ready-privacy = Die Kamera bleibt aus, bis Sie auf „Beginnen“ drücken. Ihre Bilder werden auf diesem Computer beurteilt.
ready-link-label = Link von der Anmeldeseite
ready-link-hint = countenance://verify?…
ready-link-open = Link öffnen
ready-try-camera = Kamera ausprobieren
ready-approve = Weiteres Gerät freigeben
ready-settings = Einstellungen
link-refused-title = Dieser Link lässt sich nicht öffnen
link-refused-form = Das ist kein Anmeldelink von Countenance. Kopieren Sie ihn noch einmal von der Anmeldeseite.
link-refused-verifier = Er nennt einen Prüfdienst, dem dieser Computer nicht vertraut. Fragen Sie Ihre Systembetreuung.
link-busy = Eine Anmeldung läuft schon. Schließen Sie sie zuerst ab oder brechen Sie sie ab.

## Opening
opening-title = Einen Moment
opening-body = Der Prüfdienst wird gefragt, wer Ihre Anmeldung anfordert.

## Consent
consent-title-verify = Ist das Ihre Anmeldung?
consent-title-enroll = Anmeldung mit dem Gesicht einrichten
consent-asks = { $application } fragt nach Ihrem Gesicht
consent-application = Anwendung
consent-account = Konto
consent-tenant = Anmeldedienst
consent-began = Begonnen
consent-now = gerade eben
consent-minutes = { $minutes ->
    [one] vor { $minutes } Minute
   *[other] vor { $minutes } Minuten
}
consent-captured = Etwa zwei Sekunden Kamerabilder, beurteilt auf diesem Computer.
    .kiosk = Etwa zwei Sekunden Kamerabilder, ausgewertet an diesem Terminal.
consent-sent = Ein Bild und ein signierter Bericht gehen an den Prüfdienst.
consent-kept = Auf diesem Computer bleibt nichts zurück.
    .kiosk = An diesem Terminal bleibt nichts zurück.
consent-template = Der Dienst behält ein Gesichtsmuster: Zahlen, an denen sich Ihr Gesicht wiedererkennen lässt, kein Bild. Sie können es löschen lassen.
consent-light = Die Kamera geht an, wenn Sie auf „Beginnen“ drücken.
consent-begin = Beginnen
consent-not-me = Das bin ich nicht
consent-warning = Sie haben diese Anmeldung nicht begonnen? Drücken Sie auf „Das bin ich nicht“.

## Capture
capture-starting = Die Kamera startet
capture-cancel = Abbrechen
capture-time-left = { $seconds ->
    [one] noch { $seconds } Sekunde
   *[other] noch { $seconds } Sekunden
}
capture-progress = Fortschritt: { $percent } %
capture-preview = Ihr Bild, wie im Spiegel
capture-recording = Eine Aufzeichnung läuft, keine Kamera
capture-recording-parts = Eine Aufzeichnung läuft, in der Teile fehlen
hint-no-face = Zeigen Sie Ihr Gesicht
hint-several-faces = Bitte nur eine Person
hint-upside-down = Bild steht kopf: siehe Kamera-Einstellungen
    .kiosk = Bild steht kopf: bitte Personal fragen
    .alone = Bild steht kopf: anderes Terminal nehmen
hint-come-closer = Kommen Sie näher
hint-move-back = Rücken Sie etwas zurück
hint-move-left = Rücken Sie nach links
hint-move-right = Rücken Sie nach rechts
hint-move-up = Kommen Sie etwas höher
hint-move-down = Gehen Sie etwas tiefer
hint-look-straight = Schauen Sie geradeaus
hint-hold-head-upright = Halten Sie den Kopf gerade
hint-eyes-hidden = Zeigen Sie Ihre Augen
hint-too-dark = Mehr Licht auf Ihr Gesicht
hint-too-bright = Weniger Licht auf Ihr Gesicht
hint-uneven-light = Beleuchten Sie Ihr Gesicht gleichmäßig
hint-hold-still = Halten Sie still
hint-almost-there = Fast geschafft, bitte weiter hinsehen

## Camera trouble: cause, what to do
camera-denied-title = Die Kamera ist nicht freigegeben
camera-denied-body = Dieser Computer lässt Countenance die Kamera nicht benutzen.
camera-denied-fix-linux = Bitten Sie Ihre Systembetreuung, Ihr Konto in die Gruppe „video“ aufzunehmen. Melden Sie sich danach ab und wieder an.
camera-denied-fix-macos = Öffnen Sie Systemeinstellungen, Datenschutz & Sicherheit, Kamera, und erlauben Sie Countenance.
camera-denied-fix-windows = Öffnen Sie Einstellungen, Datenschutz und Sicherheit, Kamera, und lassen Sie Desktop-Apps die Kamera benutzen.
camera-denied-fix-desktop = Öffnen Sie die Einstellungen Ihres Desktops, suchen Sie Countenance unter den Apps und erlauben Sie die Kamera. Versuchen Sie es dann noch einmal.
camera-busy-title = Die Kamera ist belegt
camera-busy-body = Ein anderes Programm benutzt die Kamera.
camera-busy-fix = Schließen Sie Videogespräche und andere Kameraprogramme und versuchen Sie es dann noch einmal.
camera-absent-title = Keine Kamera gefunden
camera-absent-body = An diesem Computer gibt es keine Kamera, die sich benutzen lässt.
camera-absent-fix = Schließen Sie eine Kamera an oder öffnen Sie ihre Abdeckung und versuchen Sie es dann noch einmal.
camera-libcamera-title = Die eingebaute Kamera lässt sich noch nicht benutzen
camera-libcamera-body = Sie hängt an einem Bildprozessor von Intel (IPU) und funktioniert nur über libcamera, das Countenance noch nicht nutzt.
camera-libcamera-fix = Schließen Sie eine USB-Kamera an und versuchen Sie es dann noch einmal.
camera-asking-title = Ihr Desktop fragt nach der Kamera
camera-asking-body = Countenance kann die Kamera nur benutzen, wenn Sie es erlauben.
camera-asking-fix = Beantworten Sie die Frage Ihres Desktops und versuchen Sie es dann noch einmal.
camera-portal-title = Die Kamera ist nicht erreichbar
camera-portal-body = An diesem Computer funktionieren Kameras nur über das Kameraportal des Desktops. Es antwortet nicht oder hat keine Kamera.
camera-portal-fix = Bitten Sie Ihre Systembetreuung, xdg-desktop-portal, PipeWire und dessen Erweiterung für libcamera zu prüfen, oder schließen Sie eine USB-Kamera an. Versuchen Sie es dann noch einmal.
camera-unsupported-title = Diese Kamera lässt sich nicht benutzen
camera-unsupported-body = Sie liefert kein Bild, das Countenance versteht.
camera-unsupported-fix = Wählen Sie eine andere Kamera oder schließen Sie eine an und versuchen Sie es dann noch einmal.
camera-lost-title = Die Kamera wurde getrennt
camera-lost-body = Die Kamera verschwand, während sie benutzt wurde.
camera-lost-fix = Schließen Sie sie wieder an und versuchen Sie es dann noch einmal.
camera-stalled-title = Die Kamera antwortet nicht
camera-stalled-body = Sie ist da, liefert aber kein Bild.
camera-stalled-fix = Ziehen Sie die Kamera ab, schließen Sie sie wieder an und versuchen Sie es dann noch einmal.
camera-not-pinned-title = Die richtige Kamera fehlt
camera-not-pinned-body = Dieser Computer benutzt eine bestimmte Kamera, und die ist nicht angeschlossen.
camera-not-pinned-fix = Schließen Sie diese Kamera an oder geben Sie Ihrer Systembetreuung Bescheid.
camera-slow-title = Die Kamera ist zu langsam
camera-slow-body = Sie liefert zu wenige Bilder pro Sekunde.
camera-slow-fix = Sorgen Sie für mehr Licht, stecken Sie die Kamera an einen eigenen Anschluss und schließen Sie andere Programme. Versuchen Sie es dann noch einmal.
camera-black-title = Das Bild ist schwarz
camera-black-body = Die Kamera läuft, aber es ist nichts zu sehen.
camera-black-fix = Öffnen Sie die Abdeckung oder nehmen Sie die Kappe ab und versuchen Sie es dann noch einmal.
camera-frozen-title = Das Bild steht still
camera-frozen-body = Die Kamera liefert immer wieder dasselbe Bild.
camera-frozen-fix = Ziehen Sie die Kamera ab und schließen Sie sie wieder an, oder nehmen Sie eine andere. Versuchen Sie es dann noch einmal.
camera-monochrome-title = Das Bild hat keine Farben
camera-monochrome-body = Vielleicht ist das eine Infrarotkamera, oder es ist zu dunkel für Farben.
camera-monochrome-fix = Wählen Sie eine andere Kamera oder machen Sie mehr Licht und versuchen Sie es dann noch einmal.
camera-clock-title = Die Uhr der Kamera geht falsch
camera-clock-body = Die Zeiten ihrer Bilder laufen rückwärts.
camera-clock-fix = Ziehen Sie die Kamera ab und schließen Sie sie wieder an, oder nehmen Sie eine andere. Versuchen Sie es dann noch einmal.
camera-not-allowed-title = Diese Kamera wird nicht angenommen
camera-not-allowed-body = Sie ist Software, oder ihre Bilder sehen nicht so aus, als kämen sie von einem Objektiv.
camera-not-allowed-fix = Nehmen Sie die eingebaute Kamera oder eine andere und versuchen Sie es dann noch einmal.
camera-recording-title = Die Aufzeichnung lässt sich nicht abspielen
camera-recording-body = Die Datei, die anstelle einer Kamera angegeben wurde, lässt sich nicht lesen.
camera-recording-fix = Prüfen Sie Name und Art der Datei und starten Sie dann neu.
camera-another = Andere Kamera benutzen
camera-came = Eine Kamera ist da. Neuer Versuch.
camera-software = { $camera } (Software)

## Failed attempts
try-again = Noch einmal versuchen
stop-here = Hier aufhören
use-code = Stattdessen einen Code verwenden
attempts-left = { $attempts ->
    [one] noch { $attempts } Versuch
   *[other] noch { $attempts } Versuche
}
cannot-tell-title = Das war nicht deutlich genug
cannot-tell-body = Mit Ihnen ist alles in Ordnung. Ein besseres Bild hilft:
cannot-tell-light = Wenden Sie sich einem Fenster oder einer Lampe zu. Im Rücken sollte kein Licht sein.
cannot-tell-distance = Sitzen Sie eine Armlänge entfernt, das Gesicht in der Mitte.
    .kiosk = Bleiben Sie eine Armlänge entfernt, das Gesicht in der Mitte.
cannot-tell-glasses = Neigen Sie die Brille oder den Kopf, bis nichts mehr spiegelt.
cannot-tell-unsure = Mit Ihnen ist alles in Ordnung. Die Bilder lassen noch Zweifel. Das hilft:
cannot-tell-move = Bewegen Sie den Kopf ein wenig und blinzeln Sie.
not-accepted-title = Das hat nicht geklappt
not-accepted-not-live = Zeigen Sie Ihr eigenes Gesicht, live und direkt vor der Kamera.
not-accepted-no-match = Ihr Gesicht wurde für dieses Konto nicht wiedererkannt.
not-accepted-poor-quality = Das Bild war zum Vergleichen nicht gut genug.
not-accepted-camera = Diese Kamera wird für diese Anmeldung nicht angenommen. Nehmen Sie die eingebaute Kamera oder eine andere.
    .kiosk = Die Kamera dieses Terminals wird für diese Anmeldung nicht angenommen. Bitte fragen Sie das Personal.
    .alone = Die Kamera dieses Terminals wird für diese Anmeldung nicht angenommen. Bitte nehmen Sie ein anderes Terminal.
not-accepted-untrusted = Der Prüfdienst hat den Bericht dieses Computers nicht angenommen. Geben Sie Ihrer Systembetreuung Bescheid.
    .kiosk = Der Prüfdienst hat den Bericht dieses Terminals nicht angenommen. Bitte fragen Sie das Personal.
    .alone = Der Prüfdienst hat den Bericht dieses Terminals nicht angenommen. Bitte nehmen Sie ein anderes Terminal.
picture-yours = Ihr Bild
picture-ideal = So sollte es aussehen

## Sending
sending-title = Wird geprüft
sending-body = Ihr Bild ist unterwegs. Das dauert einen Moment.
sending-retrying = Keine Verbindung. Neuer Versuch läuft.

## Code instead
code-title = Stattdessen einen Code verwenden
code-choose = Ein Einmalcode geht an die Telefonnummer Ihres Kontos.
code-sms = SMS senden
code-voice = Mich anrufen
code-camera = Lieber die Kamera verwenden
code-waiting = Der Prüfdienst wird gefragt.
code-sent = Der Code ist unterwegs. Das kann eine Minute dauern.
code-label = 6-stelliger Code
code-check = Code prüfen
code-wrong = Das ist nicht der gesendete Code.
code-not-sent-refused = So lässt sich kein Code an Ihr Telefon senden. Wählen Sie einen anderen Weg.
code-not-sent-later = Der Code konnte nicht gesendet werden. Versuchen Sie es gleich noch einmal oder wählen Sie einen anderen Weg.
code-not-checked-refused = Für diese Anmeldung wird kein Code mehr angenommen. Wählen Sie einen anderen Weg.
code-not-checked-later = Der Code konnte nicht geprüft werden. Versuchen Sie es gleich noch einmal oder wählen Sie einen anderen Weg.
code-resend = Noch einmal senden
code-resend-wait = { $seconds ->
    [one] Noch einmal senden in { $seconds } Sekunde
   *[other] Noch einmal senden in { $seconds } Sekunden
}

## Endings
done-title = Sie sind es
done-title-enroll = Ihr Gesicht ist eingerichtet
done-body = Zurück zu Ihrem Browser. Dieses Fenster schließt sich von selbst.
refused-title = Nicht angemeldet
refused-cancelled = Sie haben abgebrochen. Ihr Browser weiß Bescheid.
    .kiosk = Sie haben abgebrochen. Niemand ist angemeldet.
refused-not-me = Diese Anmeldung wurde gestoppt. Waren das nicht Sie, ändern Sie Ihr Passwort.
refused-too-many = Zu viele Versuche. Warten Sie eine Weile und melden Sie sich dann erneut an.
refused-timed-out = Die Zeit für diese Anmeldung ist um. Melden Sie sich in Ihrem Browser erneut an.
    .kiosk = Die Zeit für diese Anmeldung ist um. Bitte beginnen Sie von vorn.
refused-not-enrolled = Für dieses Konto ist kein Gesicht eingerichtet. Fragen Sie die Stelle, die Ihr Konto verwaltet.
    .kiosk = Für dieses Konto ist kein Gesicht eingerichtet. Bitte fragen Sie das Personal.
    .alone = Für dieses Konto ist kein Gesicht eingerichtet. Fragen Sie die Stelle, die Ihr Konto verwaltet.
refused-disabled = Die Anmeldung mit der Kamera ist hier abgeschaltet. Fragen Sie die Stelle, die Ihr Konto verwaltet.
    .kiosk = Die Anmeldung mit der Kamera ist hier abgeschaltet. Bitte fragen Sie das Personal.
    .alone = Die Anmeldung mit der Kamera ist hier abgeschaltet. Fragen Sie die Stelle, die Ihr Konto verwaltet.
refused-other = Ihr Browser zeigt, wie es weitergeht.
    .kiosk = Die nächste Seite zeigt, wie es weitergeht.
failed-title = Die Anmeldung wurde unterbrochen
failed-login-again = Dieser Link ist verbraucht oder zu alt. Beginnen Sie die Anmeldung in Ihrem Browser neu.
    .kiosk = Die Zeit für diese Anmeldung ist um. Bitte beginnen Sie von vorn.
failed-network = Der Prüfdienst ist nicht erreichbar. Prüfen Sie das Netzwerk und öffnen Sie den Link dann noch einmal aus Ihrem Browser.
    .kiosk = Der Prüfdienst ist nicht erreichbar. Versuchen Sie es gleich noch einmal oder fragen Sie das Personal.
    .alone = Der Prüfdienst ist nicht erreichbar. Versuchen Sie es gleich noch einmal oder nehmen Sie ein anderes Terminal.
failed-operator = Diese Installation hat einen Fehler. Teilen Sie Ihrer Systembetreuung mit, was die Diagnose zeigt.
    .kiosk = Dieses Terminal hat einen Fehler. Bitte fragen Sie das Personal.
    .alone = Dieses Terminal hat einen Fehler. Bitte nehmen Sie ein anderes Terminal.
failed-title-approve = Dieser Computer ist noch nicht freigegeben
    .kiosk = Dieses Terminal ist noch nicht freigegeben
failed-approve = Dieses Konto verwendet diesen Computer noch nicht. Wenn Sie eine E-Mail dazu erhalten haben, geben Sie ihn dort frei; sonst fragen Sie Ihre Administration. Öffnen Sie den Link dann noch einmal aus Ihrem Browser.
    .kiosk = Dieses Terminal gilt noch nicht für Ihr Konto. Bitte fragen Sie das Personal.
    .alone = Dieses Terminal gilt noch nicht für Ihr Konto. Fragen Sie die Stelle, die Ihr Konto verwaltet.
failed-approve-code = Oder nehmen Sie einen Computer, auf dem Sie sich schon mit dem Gesicht anmelden: Öffnen Sie dort Countenance, wählen Sie „Weiteres Gerät freigeben“ und geben Sie diesen Code ein.
failed-approve-command = Oder führen Sie dort aus: { $command }
failed-approve-minutes = { $minutes ->
    [one] Der Code gilt noch { $minutes } Minute.
   *[other] Der Code gilt noch { $minutes } Minuten.
}
failed-title-update = Countenance aktualisieren
    .kiosk = Dieses Terminal braucht ein Update
failed-update = Diese Version von Countenance ist zu alt für diese Anmeldung. Aktualisieren Sie sie oder fragen Sie Ihren IT-Support. Beginnen Sie die Anmeldung dann in Ihrem Browser neu.
    .kiosk = Seine Version ist zu alt für diese Anmeldung. Bitte fragen Sie das Personal.
    .alone = Seine Version ist zu alt für diese Anmeldung. Bitte nehmen Sie ein anderes Terminal.
failed-title-clock = Die Uhr dieses Computers geht falsch
    .kiosk = Die Uhr dieses Terminals geht falsch
failed-clock = Dieser Computer zeigt { $here } an, es ist aber { $there }. Bitten Sie Ihr IT-Team, die Uhr zu stellen, und beginnen Sie die Anmeldung dann im Browser neu.
    .kiosk = Sie zeigt { $here }, es ist aber { $there }. Bitte fragen Sie das Personal.
    .alone = Sie zeigt { $here }, es ist aber { $there }. Bitte nehmen Sie ein anderes Terminal.
close = Schließen

## Kiosk
kiosk-attract-title = Anmelden mit dem Gesicht
kiosk-attract-body = Taste berühren, zustimmen, in die Kamera schauen. Das dauert wenige Sekunden.
kiosk-start = Zum Anmelden berühren
kiosk-badge = Oder halten Sie Ihren Ausweis an den Leser.
kiosk-privacy = Die Kamera ist aus, bis Sie zustimmen. Von Ihnen bleibt an diesem Terminal nichts zurück.
kiosk-privacy-watched = Die Kamera ist an, solange Sie hier sind. Von Ihnen bleibt an diesem Terminal nichts zurück.
kiosk-text-size = Textgröße: { $percent } %
kiosk-lower = Tiefer
kiosk-higher = Höher
kiosk-speech-on = Vorlesen
kiosk-speech-off = Nicht mehr vorlesen
kiosk-there-title = Sind Sie noch da?
kiosk-there-body = { $seconds ->
    [one] Sonst endet diese Anmeldung in { $seconds } Sekunde, und alles über Sie wird entfernt.
   *[other] Sonst endet diese Anmeldung in { $seconds } Sekunden, und alles über Sie wird entfernt.
}
kiosk-there-here = Ich bin da
kiosk-there-leave = Jetzt beenden
kiosk-thanks = Danke, { $account }.
kiosk-thanks-all = Danke.
kiosk-thanks-next = Die nächste Seite öffnet sich jetzt.
kiosk-wipe = Wenn Sie gehen, wird alles über Sie von diesem Bildschirm entfernt.
kiosk-next = Weiter
kiosk-next-person = Der Nächste, bitte.
kiosk-wiping-title = Sie werden abgemeldet
kiosk-wiping-body = Alles von diesem Besuch wird gelöscht.
kiosk-wiped-title = Abgemeldet
kiosk-wiped-body = Alles von diesem Besuch wurde gelöscht.
kiosk-link-title = Diese Anmeldung kann nicht beginnen
kiosk-link-body = Bitte beginnen Sie von vorn. Hilft das nicht, fragen Sie das Personal.
    .alone = Bitte beginnen Sie von vorn. Hilft das nicht, nehmen Sie ein anderes Terminal.
kiosk-camera-body = Die Kamera dieses Terminals funktioniert gerade nicht.
kiosk-camera-fix = Versuchen Sie es noch einmal. Hilft das nicht, fragen Sie das Personal.
    .alone = Versuchen Sie es noch einmal. Hilft das nicht, nehmen Sie ein anderes Terminal.
kiosk-code-typed = { $typed } von { $total } Ziffern
kiosk-erase = Letzte Ziffer löschen
kiosk-out-title = Außer Betrieb
kiosk-out-offline = Kein Netz
kiosk-out-verifier = Die Anmeldung ist nicht verfügbar
kiosk-out-disk = Der Speicher ist voll
kiosk-out-browser = Die Anmeldeseite öffnet sich nicht
kiosk-out-unregistered = Dieses Terminal ist noch nicht eingerichtet
kiosk-out-wait = Das vergeht oft von selbst. Bitte warten Sie einen Moment.
kiosk-out-repair = Dieses Terminal muss erst repariert werden.
kiosk-out-ask = Bitte fragen Sie das Personal oder nehmen Sie ein anderes Terminal.
kiosk-out-elsewhere = Bitte nehmen Sie ein anderes Terminal.
kiosk-out-since = { $minutes ->
    [one] Seit { $minutes } Minute
   *[other] Seit { $minutes } Minuten
}

## Kiosk: operator
kiosk-operator-title = Betreuung
kiosk-operator-close = Zurück zum Terminal
kiosk-operator-measures = Gesicht: { $face } % der Breite. Abstand: etwa { $distance } cm. Licht: { $light } von 255.
kiosk-operator-no-face = Im Bild ist nicht genau ein Gesicht.
kiosk-camera-fixed = Das bestimmt die Konfigurationsdatei dieses Terminals.
kiosk-camera-pin = Nur diese Kamera annehmen
kiosk-qualify = Diesen Standort messen
kiosk-qualify-again = Noch einmal messen
kiosk-qualify-stop = Messung beenden
kiosk-qualify-body = Schauen Sie in die Kamera wie bei einer Anmeldung. Treten Sie nach jeder Aufnahme beiseite, dann noch einmal davor, oder lassen Sie jemand anderen vor. Nehmen Sie mehrere Personen, und messen Sie tagsüber und abends. Es wird kein Bild gespeichert.
kiosk-qualify-count = Aufnahmen: { $taken } von { $wanted }
kiosk-qualify-taken = Gut. Beiseite treten, dann die nächste Aufnahme.
kiosk-qualify-low = Aufgenommen, aber unter der Grenze. Achten Sie auf Licht und Abstand.
kiosk-qualify-missed = Kein Gesicht stand rechtzeitig gut. Versuchen Sie es noch einmal.
kiosk-qualify-fit = Dieser Standort ist geeignet
kiosk-qualify-not-fit = Dieser Standort ist noch nicht geeignet
kiosk-qualify-overlap = { $below } von { $captures } Aufnahmen liegen unter der Grenze: echte Personen würden abgewiesen.
kiosk-qualify-near = Alle Aufnahmen bestehen, aber zu nah an der Grenze.
kiosk-qualify-kept = Für diese Kamera gespeichert: nur Zahlen, kein Bild.
kiosk-qualify-lost = Das Ergebnis konnte nicht gespeichert werden.
kiosk-site-more-light = Mehr Licht auf Gesichter
kiosk-site-less-light = Weniger Licht auf Gesichter
kiosk-site-even-light = Licht von vorn, nicht von einer Seite
kiosk-site-nearer = Personen näher an die Kamera, oder eine Kamera mit engerem Blickfeld
kiosk-site-farther = Personen weiter weg von der Kamera
kiosk-site-aim = Die Kamera auf Gesichter gerichtet, in Augenhöhe
kiosk-site-glasses = Keine dunklen Brillen
kiosk-site-lens = Ein sauberes, scharf gestelltes Objektiv
kiosk-site-one-person = Immer nur eine Person im Bild
kiosk-site-faster = Eine schnellere Kamera oder mehr Licht
kiosk-site-other-camera = Eine andere Kamera
kiosk-site-more-captures = Mehr Aufnahmen
kiosk-restart = Programm neu starten
kiosk-reboot = Computer neu starten
kiosk-quit = Programm beenden
kiosk-pin-body = Geben Sie die PIN ein.
kiosk-pin-open = Öffnen
kiosk-pin-typed = { $typed ->
    [one] { $typed } Ziffer
   *[other] { $typed } Ziffern
}
kiosk-pin-wrong = Das ist nicht die PIN.
kiosk-pin-wait = { $seconds ->
    [one] Das ist nicht die PIN. Nächster Versuch in { $seconds } Sekunde.
   *[other] Das ist nicht die PIN. Nächster Versuch in { $seconds } Sekunden.
}
kiosk-pin-locked = Die PIN ist nach zu vielen Versuchen gesperrt. Ihr IT-Team kann sie entsperren.
kiosk-attend-title = Bitte rufen Sie das Personal
kiosk-attend-body = Bevor Ihr Gesicht eingerichtet wird, bestätigt eine Aufsicht mit Nummer und PIN, wer Sie sind. Danach sind wieder Sie an der Reihe.
kiosk-attend-number = Nummer der Aufsicht
kiosk-attend-pin = PIN der Aufsicht
kiosk-attend-confirm = Bestätigen
kiosk-attend-refused = Nummer und PIN wurden nicht angenommen. Geben Sie beides noch einmal ein. Hilft das nicht, kann die Administration sie entsperren oder ersetzen.
kiosk-attend-later = Das lässt sich gerade nicht prüfen. Bitte versuchen Sie es gleich noch einmal.

## Allow another device
approve-title = Weiteres Gerät freigeben
approve-body = Geben Sie den Code ein, den das andere Gerät anzeigt. Sie müssen sich dort gerade selbst anmelden.
approve-warning = Geben Sie nie einen Code ein, den Ihnen jemand geschickt oder vorgelesen hat.
approve-label = Code wie ABCD-EFGH
approve-continue = Weiter
approve-form = Ein Code hat acht Buchstaben und Ziffern, wie ABCD-EFGH.
approve-refused = Dieser Code gilt hier nicht. Prüfen Sie ihn, oder beginnen Sie die Anmeldung auf dem anderen Gerät neu. Dieser Computer muss für dasselbe Konto freigegeben sein.
approve-too-many = Zu viele Codes wurden versucht. Warten Sie eine Weile und versuchen Sie es dann erneut.
approve-network = Der Prüfdienst ist nicht erreichbar. Prüfen Sie das Netzwerk und versuchen Sie es dann erneut.
approve-ask-title = Dieses Gerät freigeben?
approve-ask-body = Es möchte bei Anmeldungen Ihr Gesicht prüfen. Geben Sie es nur frei, wenn es Ihnen gehört und Sie es gerade benutzen.
approve-ask-warning = Sie melden sich gerade nicht auf einem anderen Gerät an? Geben Sie es nicht frei und ändern Sie Ihr Passwort: Jemand kennt es.
approve-device = Gerät
approve-thumbprint = Fingerabdruck des Schlüssels
approve-asked = Angefragt
approve-allow = Dieses Gerät freigeben
approve-deny = Nicht freigeben
approve-done-title = Das Gerät ist freigegeben
approve-done-body = Gehen Sie dorthin zurück und öffnen Sie den Link noch einmal aus dem Browser.

## Settings
settings-title = Einstellungen
settings-camera = Kamera
settings-camera-first = Die erste gefundene
settings-camera-gone = { $camera } (nicht angeschlossen)
settings-camera-turn = Bild im Uhrzeigersinn drehen
settings-camera-mirrored = Die Kamera vertauscht links und rechts
settings-camera-pinned = Dieser Computer benutzt nur diese Kamera. Ihre Systembetreuung kann das in der Einstellungsdatei ändern.
settings-camera-testing = Zum Testen darf hier Software die Kamera ersetzen. Jede Anmeldung sagt das mit.
settings-language = Sprache
settings-language-system = Wie das System
settings-theme = Darstellung
settings-theme-system = Wie das System
settings-theme-light = Hell
settings-theme-dark = Dunkel
settings-theme-contrast = Hoher Kontrast
settings-text-size = Textgröße
settings-reduced-motion = Weniger Bewegung
settings-resident = Im Hintergrund bereitstehen
settings-resident-what = Anmeldungen öffnen sich schneller. Startet mit Ihrer Anmeldung an diesem Computer und braucht etwas Arbeitsspeicher.
settings-verifiers = Vertrauenswürdige Prüfdienste
settings-verifiers-none = Noch keine. Ihre Systembetreuung trägt sie in die Einstellungsdatei ein.
settings-about = Info und Lizenzen
settings-diagnostics = Diagnose
settings-back = Zurück
settings-not-saved = Die Einstellungen konnten nicht gespeichert werden.
settings-ignored = Zeile { $line } von { $path } wurde übergangen: { $fault }
settings-unusable = { $path } kann nicht verwendet werden, daher gelten die Standardeinstellungen: { $fault }
settings-managed = Von Ihrer Organisation verwaltet.
settings-managed-ignored = { $place }, von Ihrer Organisation festgelegt, wird teilweise übergangen: { $fault }
settings-managed-unusable = { $place }, von Ihrer Organisation festgelegt, kann nicht verwendet werden, daher beginnt keine Anmeldung. Wenden Sie sich an Ihren IT-Support. { $fault }
font-missing = Diese Sprache braucht eine Schrift, die nicht installiert ist.

## Camera test
camera-test-title = Kameratest
camera-test-body = Nur Sie sehen dieses Bild. Nichts wird für eine Anmeldung beurteilt, behalten oder gesendet.
camera-test-good = So sitzen Sie richtig

## Diagnostics
diagnostics-title = Diagnose
diagnostics-body = Was diese Installation braucht, und was zu tun ist, wo etwas fehlt. Keine persönlichen Daten.
diagnostics-running = Wird untersucht …
diagnostics-copy = Kopieren
diagnostics-good = In Ordnung
diagnostics-attention = Erfordert Aufmerksamkeit
diagnostics-unknown = Nicht bekannt

## About
about-title = Info
about-licence = MIT oder Apache-2.0
about-fonts = Schrift: Inter, SIL Open Font License 1.1

## Diagnostics: what is looked at
doctor-camera = Kamera
doctor-graphics = Grafik
doctor-libraries = Bibliotheken
doctor-key = Geräteschlüssel
doctor-models = Neuronale Netze
doctor-verifier = Prüfdienst
doctor-clock = Uhr
doctor-link = Anmeldelinks
doctor-managed = Verwaltete Einstellungen
doctor-settings = Einstellungen

## Diagnostics: what to do
doctor-fix-connect-camera = Schließen Sie eine Kamera an oder schalten Sie die eingebaute ein.
doctor-fix-connect-usb-camera = Schließen Sie eine USB-Kamera an: Die eingebaute funktioniert nur über libcamera, das Countenance noch nicht nutzt.
doctor-fix-join-video-group = Dieses Konto darf keine Kameras benutzen. Nehmen Sie es in die Gruppe „video“ auf und melden Sie sich danach ab und wieder an.
doctor-fix-open-desktop = Starten Sie Countenance in einer Desktop-Sitzung mit Bildschirm.
doctor-fix-join-render-group = Dieses Konto darf das Grafikgerät nicht benutzen. Nehmen Sie es in die Gruppen „render“ und „video“ auf und melden Sie sich danach ab und wieder an.
doctor-fix-install-libraries = Installieren Sie die oben genannten Bibliotheken.
doctor-fix-protect-key = Andere können den Schlüssel dieses Geräts lesen. Beschränken Sie den Zugriff auf die Datei auf sich selbst oder löschen Sie sie und registrieren Sie dieses Gerät neu.
doctor-fix-replace-key = Die Schlüsseldatei ist beschädigt. Verschieben Sie sie: Ein neuer Schlüssel wird erzeugt, und dieses Gerät muss neu registriert werden.
doctor-fix-reinstall = Installieren Sie Countenance noch einmal von dort, wo Sie es bezogen haben.
doctor-fix-restore-net = Legen Sie das hinzugefügte Netz und seine Beschreibung so zurück, wie sie festgelegt wurden, oder berichtigen Sie liveness_nets in der Einstellungsdatei.
doctor-fix-name-verifier = Bitten Sie Ihre Systembetreuung, Ihren Prüfdienst in die Einstellungen einzutragen.
doctor-fix-check-network = Prüfen Sie das Netzwerk und versuchen Sie es dann noch einmal.
doctor-fix-check-certificates = Prüfen Sie die Uhr und die vertrauenswürdigen Zertifikate dieses Computers sowie alles, was zwischen ihm und dem Dienst steht.
doctor-fix-ask-verifier = Fragen Sie beim Betreiber des Prüfdienstes nach, ob das seine Adresse ist.
doctor-fix-set-clock = Stellen Sie die Uhr dieses Computers, am besten automatisch.
doctor-fix-register-link = Legen Sie Countenance als das Programm fest, das Anmeldelinks öffnet.
doctor-fix-move-program = Verschieben Sie Countenance in einen Ordner ohne Leerzeichen im Pfad und legen Sie es dann als das Programm fest, das Anmeldelinks öffnet.
doctor-fix-install-xdg-utils = Installieren Sie xdg-utils und sehen Sie dann noch einmal nach.
doctor-fix-correct-settings = Berichtigen Sie die oben genannten Zeilen der Einstellungsdatei.
doctor-fix-protect-settings = Prüfen Sie, ob jemand anderes die Einstellungsdatei geändert hat, und lassen Sie dann nur Ihr Konto sie und ihren Ordner ändern.
doctor-fix-correct-managed = Bitten Sie Ihren IT-Support, das oben Genannte zu berichtigen: die verwaltete Datei, die Richtlinie oder das Profil.
doctor-fix-protect-managed = Bitten Sie Ihren IT-Support, zu prüfen, ob jemand die verwaltete Einstellungsdatei geändert hat, und dann nur die Administratoren sie und ihren Ordner ändern zu lassen.
