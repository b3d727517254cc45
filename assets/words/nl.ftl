# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Laat met uw gezicht, op deze computer, zien dat u het bent.

## Ready
ready-title = Klaar om te beginnen
ready-body = Een aanmelding die om uw gezicht vraagt, opent dit venster vanzelf. Tot die tijd hoeft u hier niets te doen.
ready-privacy = De camera blijft uit tot u op “Beginnen” drukt. Uw beelden worden op deze computer beoordeeld.
ready-link-label = Link van de aanmeldpagina
ready-link-hint = countenance://verify?…
ready-link-open = Link openen
ready-try-camera = Camera proberen
ready-approve = Ander apparaat toestaan
ready-settings = Instellingen
link-refused-title = Deze link kan niet worden geopend
link-refused-form = Dit is geen aanmeldlink van Countenance. Kopieer de link opnieuw van de aanmeldpagina.
link-refused-verifier = De link noemt een verificatiedienst die deze computer niet vertrouwt. Vraag het de beheerder van deze computer.
link-busy = Er is al een aanmelding bezig. Rond die eerst af of annuleer die.

## Opening
opening-title = Een ogenblik
opening-body = We vragen de verificatiedienst wie wil dat u zich aanmeldt.

## Consent
consent-title-verify = Is dit uw aanmelding?
consent-title-enroll = Aanmelden met uw gezicht instellen
consent-asks = { $application } vraagt om uw gezicht
consent-application = Toepassing
consent-account = Account
consent-tenant = Aanmelddienst
consent-began = Begonnen
consent-now = zojuist
consent-minutes = { $minutes ->
    [one] { $minutes } minuut geleden
   *[other] { $minutes } minuten geleden
}
consent-captured = Ongeveer twee seconden camerabeelden, beoordeeld op deze computer.
    .kiosk = Ongeveer twee seconden camerabeelden, beoordeeld op deze zuil.
consent-sent = Eén beeld en een ondertekend rapport gaan naar de verificatiedienst.
consent-kept = Op deze computer blijft niets bewaard.
    .kiosk = Op deze zuil blijft niets bewaard.
consent-template = De dienst bewaart een sjabloon: getallen waaraan uw gezicht te herkennen is, geen beeld. U kunt het laten wissen.
consent-light = De camera gaat aan wanneer u op “Beginnen” drukt.
consent-begin = Beginnen
consent-not-me = Dit ben ik niet
consent-warning = Hebt u deze aanmelding niet gestart? Druk op “Dit ben ik niet”.

## Capture
capture-starting = De camera start
capture-cancel = Annuleren
capture-time-left = { $seconds ->
    [one] nog { $seconds } seconde
   *[other] nog { $seconds } seconden
}
capture-progress = Voortgang: { $percent }%
capture-preview = Uw beeld, als in een spiegel
capture-recording = Er wordt een opname afgespeeld, geen camera
capture-recording-parts = Er wordt een opname afgespeeld waarin delen ontbreken
hint-no-face = Laat uw gezicht zien
hint-several-faces = Eén persoon tegelijk
hint-upside-down = Beeld ondersteboven: zie de instellingen
    .kiosk = Beeld ondersteboven: vraag het personeel
    .alone = Beeld ondersteboven: gebruik andere zuil
hint-come-closer = Kom dichterbij
hint-move-back = Ga iets naar achteren
hint-move-left = Ga iets naar links
hint-move-right = Ga iets naar rechts
hint-move-up = Ga iets omhoog
hint-move-down = Ga iets omlaag
hint-look-straight = Kijk recht vooruit
hint-hold-head-upright = Houd uw hoofd rechtop
hint-eyes-hidden = Laat uw ogen zien
hint-too-dark = Meer licht op uw gezicht
hint-too-bright = Minder licht op uw gezicht
hint-uneven-light = Belicht uw gezicht gelijkmatig
hint-hold-still = Beweeg even niet
hint-almost-there = Bijna klaar, blijf kijken

## Camera trouble: cause, what to do
camera-denied-title = De camera is niet toegestaan
camera-denied-body = Deze computer laat Countenance de camera niet gebruiken.
camera-denied-fix-linux = Vraag de beheerder van deze computer om uw account aan de groep “video” toe te voegen. Meld u daarna af en weer aan.
camera-denied-fix-macos = Open Systeeminstellingen, Privacy en beveiliging, Camera, en sta Countenance toe.
camera-denied-fix-windows = Open Instellingen, Privacy en beveiliging, Camera, en laat bureaublad-apps de camera gebruiken.
camera-denied-fix-desktop = Open de instellingen van uw bureaublad, zoek Countenance bij de apps en sta de camera toe. Probeer het daarna opnieuw.
camera-busy-title = De camera is in gebruik
camera-busy-body = Een ander programma gebruikt de camera.
camera-busy-fix = Sluit videogesprekken en andere cameraprogramma’s en probeer het opnieuw.
camera-absent-title = Geen camera gevonden
camera-absent-body = Deze computer heeft geen bruikbare camera.
camera-absent-fix = Sluit een camera aan of open het schuifje en probeer het opnieuw.
camera-libcamera-title = De ingebouwde camera kan nog niet worden gebruikt
camera-libcamera-body = De camera zit op een beeldprocessor van Intel (IPU) en werkt alleen via libcamera, dat Countenance nog niet gebruikt.
camera-libcamera-fix = Sluit een USB-camera aan en probeer het opnieuw.
camera-asking-title = Uw bureaublad vraagt naar de camera
camera-asking-body = Countenance kan de camera alleen gebruiken als u dat toestaat.
camera-asking-fix = Beantwoord de vraag van uw bureaublad en probeer het opnieuw.
camera-portal-title = De camera is niet bereikbaar
camera-portal-body = Op deze computer werken camera’s alleen via het cameraportaal van het bureaublad, dat niet antwoordt of geen camera heeft.
camera-portal-fix = Vraag de beheerder van deze computer om xdg-desktop-portal, PipeWire en de plug-in daarvan voor libcamera te controleren, of sluit een USB-camera aan. Probeer het daarna opnieuw.
camera-unsupported-title = Deze camera kan niet worden gebruikt
camera-unsupported-body = De camera levert geen beeld dat Countenance begrijpt.
camera-unsupported-fix = Kies een andere camera of sluit er een aan en probeer het opnieuw.
camera-lost-title = De camera is losgekoppeld
camera-lost-body = De camera verdween tijdens het gebruik.
camera-lost-fix = Sluit de camera weer aan en probeer het opnieuw.
camera-stalled-title = De camera reageert niet
camera-stalled-body = De camera is er wel, maar geeft geen beeld.
camera-stalled-fix = Koppel de camera los, sluit hem weer aan en probeer het opnieuw.
camera-not-pinned-title = De juiste camera ontbreekt
camera-not-pinned-body = Deze computer gebruikt één bepaalde camera, en die is niet aangesloten.
camera-not-pinned-fix = Sluit die camera aan of meld dit aan de beheerder van deze computer.
camera-slow-title = De camera is te traag
camera-slow-body = Hij geeft te weinig beelden per seconde.
camera-slow-fix = Zorg voor meer licht, sluit de camera aan op een eigen poort en sluit andere programma’s. Probeer het daarna opnieuw.
camera-black-title = Het beeld is zwart
camera-black-body = De camera werkt, maar er is niets te zien.
camera-black-fix = Open het schuifje of haal het dopje eraf en probeer het opnieuw.
camera-frozen-title = Het beeld staat stil
camera-frozen-body = De camera geeft steeds hetzelfde beeld.
camera-frozen-fix = Koppel de camera los en sluit hem weer aan, of gebruik een andere. Probeer het daarna opnieuw.
camera-monochrome-title = Het beeld heeft geen kleur
camera-monochrome-body = Misschien is dit een infraroodcamera, of is het te donker voor kleur.
camera-monochrome-fix = Kies een andere camera of zorg voor meer licht en probeer het opnieuw.
camera-clock-title = De klok van de camera klopt niet
camera-clock-body = De tijden van de beelden lopen terug.
camera-clock-fix = Koppel de camera los en sluit hem weer aan, of gebruik een andere. Probeer het daarna opnieuw.
camera-not-allowed-title = Deze camera wordt niet geaccepteerd
camera-not-allowed-body = Het is software, of de beelden lijken niet uit een lens te komen.
camera-not-allowed-fix = Gebruik de ingebouwde camera of een andere en probeer het opnieuw.
camera-recording-title = De opname kan niet worden afgespeeld
camera-recording-body = Het bestand dat in plaats van een camera is opgegeven, is niet te lezen.
camera-recording-fix = Controleer de naam en het type van het bestand en begin opnieuw.
camera-another = Andere camera gebruiken
camera-came = Er is een camera. Nieuwe poging.
camera-software = { $camera } (programma)

## Failed attempts
try-again = Opnieuw proberen
stop-here = Hier stoppen
use-code = Liever een code gebruiken
attempts-left = { $attempts ->
    [one] nog { $attempts } poging
   *[other] nog { $attempts } pogingen
}
cannot-tell-title = Dat was niet duidelijk genoeg
cannot-tell-body = Er is niets mis met u. Een beter beeld helpt:
cannot-tell-light = Draai naar een raam of lamp toe, met geen van beide achter u.
cannot-tell-distance = Ga op een armlengte afstand zitten, met uw gezicht in het midden.
    .kiosk = Blijf op een armlengte afstand, met uw gezicht in het midden.
cannot-tell-glasses = Kantel uw bril of hoofd tot de spiegeling weg is.
cannot-tell-unsure = Er is niets mis met u. De beelden laten nog twijfel. Dit helpt:
cannot-tell-move = Beweeg uw hoofd een beetje en knipper met uw ogen.
not-accepted-title = Dat is niet gelukt
not-accepted-not-live = Laat uw eigen gezicht zien, live en recht in de camera.
not-accepted-no-match = Uw gezicht werd voor dit account niet herkend.
not-accepted-poor-quality = Het beeld was niet goed genoeg om te vergelijken.
not-accepted-camera = Deze camera wordt voor deze aanmelding niet geaccepteerd. Gebruik de ingebouwde camera of een andere.
    .kiosk = De camera van deze zuil wordt voor deze aanmelding niet geaccepteerd. Vraag het personeel.
    .alone = De camera van deze zuil wordt voor deze aanmelding niet geaccepteerd. Gebruik een andere zuil.
not-accepted-untrusted = De verificatiedienst heeft het rapport van deze computer niet geaccepteerd. Meld dit aan de beheerder.
    .kiosk = De verificatiedienst heeft het rapport van deze zuil niet geaccepteerd. Vraag het personeel.
    .alone = De verificatiedienst heeft het rapport van deze zuil niet geaccepteerd. Gebruik een andere zuil.
picture-yours = Uw beeld
picture-ideal = Hoe het eruit moet zien

## Sending
sending-title = Bezig met controleren
sending-body = Uw beeld is onderweg. Dit duurt even.
sending-retrying = Geen verbinding. Er wordt opnieuw geprobeerd.

## Code instead
code-title = Liever een code gebruiken
code-choose = Er gaat een eenmalige code naar het telefoonnummer van uw account.
code-sms = Sms sturen
code-voice = Bel mij
code-camera = Liever de camera gebruiken
code-waiting = De verificatiedienst wordt gevraagd.
code-sent = De code is onderweg. Dit kan een minuut duren.
code-label = Code van 6 cijfers
code-check = Code controleren
code-wrong = Dat is niet de verzonden code.
code-not-sent-refused = Op deze manier kan geen code naar uw telefoon worden gestuurd. Kies een andere manier.
code-not-sent-later = De code kon niet worden verstuurd. Probeer het zo meteen opnieuw of kies een andere manier.
code-not-checked-refused = Voor deze aanmelding worden geen codes meer aanvaard. Kies een andere manier.
code-not-checked-later = De code kon niet worden gecontroleerd. Probeer het zo meteen opnieuw of kies een andere manier.
code-resend = Opnieuw sturen
code-resend-wait = { $seconds ->
    [one] Opnieuw sturen over { $seconds } seconde
   *[other] Opnieuw sturen over { $seconds } seconden
}

## Endings
done-title = U bent het
done-title-enroll = Uw gezicht is ingesteld
done-body = Terug naar uw browser. Dit venster sluit vanzelf.
refused-title = Niet aangemeld
refused-cancelled = U hebt geannuleerd. Uw browser is op de hoogte.
    .kiosk = U hebt geannuleerd. Niemand is aangemeld.
refused-not-me = Deze aanmelding is gestopt. Was u het niet, wijzig dan uw wachtwoord.
refused-too-many = Te veel pogingen. Wacht een tijdje en meld u dan opnieuw aan.
refused-timed-out = De tijd voor deze aanmelding is om. Meld u opnieuw aan in uw browser.
    .kiosk = De tijd voor deze aanmelding is om. Begin opnieuw.
refused-not-enrolled = Voor dit account is geen gezicht ingesteld. Vraag het de beheerder van uw account.
    .kiosk = Voor dit account is geen gezicht ingesteld. Vraag het personeel.
    .alone = Voor dit account is geen gezicht ingesteld. Vraag het de beheerder van uw account.
refused-disabled = Aanmelden met de camera is hier uitgeschakeld. Vraag het de beheerder van uw account.
    .kiosk = Aanmelden met de camera is hier uitgeschakeld. Vraag het personeel.
    .alone = Aanmelden met de camera is hier uitgeschakeld. Vraag het de beheerder van uw account.
refused-other = Uw browser laat zien hoe het verdergaat.
    .kiosk = De volgende pagina laat zien hoe het verdergaat.
failed-title = De aanmelding is afgebroken
failed-login-again = Deze link is al gebruikt of te oud. Begin de aanmelding opnieuw in uw browser.
    .kiosk = De tijd voor deze aanmelding is om. Begin opnieuw.
failed-network = De verificatiedienst is niet bereikbaar. Controleer het netwerk en open de link opnieuw vanuit uw browser.
    .kiosk = De verificatiedienst is niet bereikbaar. Probeer het zo opnieuw of vraag het personeel.
    .alone = De verificatiedienst is niet bereikbaar. Probeer het zo opnieuw of gebruik een andere zuil.
failed-operator = Deze installatie bevat een fout. Meld de beheerder van deze computer wat de diagnose laat zien.
    .kiosk = Deze zuil bevat een fout. Vraag het personeel.
    .alone = Deze zuil bevat een fout. Gebruik een andere zuil.
failed-title-approve = Deze computer is nog niet goedgekeurd
    .kiosk = Deze zuil is nog niet goedgekeurd
failed-approve = Dit account gebruikt deze computer nog niet. Hebt u er een e-mail over gekregen, sta de computer dan daarin toe; vraag het anders aan uw beheerder. Open daarna de link opnieuw vanuit uw browser.
    .kiosk = Deze zuil kan nog niet voor uw account worden gebruikt. Vraag het personeel.
    .alone = Deze zuil kan nog niet voor uw account worden gebruikt. Vraag het de beheerder van uw account.
failed-approve-code = Of gebruik een computer waarop u zich al met uw gezicht aanmeldt: open daar Countenance, kies “Ander apparaat toestaan” en voer deze code in.
failed-approve-command = Of voer daar uit: { $command }
failed-approve-minutes = { $minutes ->
    [one] De code is nog { $minutes } minuut geldig.
   *[other] De code is nog { $minutes } minuten geldig.
}
failed-title-update = Werk Countenance bij
    .kiosk = Deze zuil heeft een update nodig
failed-update = Deze versie van Countenance is te oud voor deze aanmelding. Werk Countenance bij of vraag het uw IT-afdeling. Begin de aanmelding daarna opnieuw in uw browser.
    .kiosk = De versie is te oud voor deze aanmelding. Vraag het personeel.
    .alone = De versie is te oud voor deze aanmelding. Gebruik een andere zuil.
failed-title-clock = De klok van deze computer loopt verkeerd
    .kiosk = De klok van deze zuil loopt verkeerd
failed-clock = Deze computer geeft { $here } aan, maar het is { $there }. Vraag uw IT-team de klok goed te zetten en begin de aanmelding daarna opnieuw in uw browser.
    .kiosk = Die geeft { $here } aan, maar het is { $there }. Vraag het personeel.
    .alone = Die geeft { $here } aan, maar het is { $there }. Gebruik een andere zuil.
close = Sluiten

## Kiosk
kiosk-attract-title = Meld u aan met uw gezicht
kiosk-attract-body = Raak de knop aan, ga akkoord en kijk in de camera. Het duurt een paar seconden.
kiosk-start = Raak aan om aan te melden
kiosk-badge = Of houd uw badge bij de lezer.
kiosk-privacy = De camera is uit tot u akkoord gaat. Op deze zuil blijft niets over u bewaard.
kiosk-privacy-watched = De camera is aan zolang u hier bent. Op deze zuil blijft niets over u bewaard.
kiosk-text-size = Tekstgrootte: { $percent } %
kiosk-lower = Lager
kiosk-higher = Hoger
kiosk-speech-on = Voorlezen
kiosk-speech-off = Stop met voorlezen
kiosk-there-title = Bent u er nog?
kiosk-there-body = { $seconds ->
    [one] Anders eindigt deze aanmelding over { $seconds } seconde en wordt alles over u verwijderd.
   *[other] Anders eindigt deze aanmelding over { $seconds } seconden en wordt alles over u verwijderd.
}
kiosk-there-here = Ik ben er
kiosk-there-leave = Nu stoppen
kiosk-thanks = Dank u, { $account }.
kiosk-thanks-all = Dank u.
kiosk-thanks-next = De volgende pagina gaat nu open.
kiosk-wipe = Als u weggaat, wordt alles over u van dit scherm verwijderd.
kiosk-next = Verder
kiosk-next-person = De volgende, alstublieft.
kiosk-wiping-title = U wordt afgemeld
kiosk-wiping-body = Alles van dit bezoek wordt verwijderd.
kiosk-wiped-title = Afgemeld
kiosk-wiped-body = Alles van dit bezoek is verwijderd.
kiosk-link-title = Deze aanmelding kan niet beginnen
kiosk-link-body = Begin opnieuw. Helpt dat niet, vraag het dan het personeel.
    .alone = Begin opnieuw. Helpt dat niet, gebruik dan een andere zuil.
kiosk-camera-body = De camera van deze zuil werkt niet.
kiosk-camera-fix = Probeer het opnieuw. Helpt dat niet, vraag het dan het personeel.
    .alone = Probeer het opnieuw. Helpt dat niet, gebruik dan een andere zuil.
kiosk-code-typed = { $typed } van { $total } cijfers
kiosk-erase = Laatste cijfer wissen
kiosk-out-title = Buiten gebruik
kiosk-out-offline = Geen netwerk
kiosk-out-verifier = Aanmelden is niet beschikbaar
kiosk-out-disk = De opslag is vol
kiosk-out-browser = De aanmeldpagina gaat niet open
kiosk-out-unregistered = Deze zuil is nog niet ingesteld
kiosk-out-wait = Dit gaat vaak vanzelf over. Wacht een ogenblik.
kiosk-out-repair = Deze zuil moet eerst worden gerepareerd.
kiosk-out-ask = Vraag het personeel of gebruik een andere zuil.
kiosk-out-elsewhere = Gebruik een andere zuil.
kiosk-out-since = { $minutes ->
    [one] Sinds { $minutes } minuut
   *[other] Sinds { $minutes } minuten
}

## Kiosk: operator
kiosk-operator-title = Beheer
kiosk-operator-close = Terug naar de zuil
kiosk-operator-measures = Gezicht: { $face } % van de breedte. Afstand: ongeveer { $distance } cm. Licht: { $light } van 255.
kiosk-operator-no-face = Er is niet precies één gezicht in beeld.
kiosk-camera-fixed = Dit staat vast in het configuratiebestand van deze zuil.
kiosk-camera-pin = Alleen deze camera accepteren
kiosk-qualify = Deze plek meten
kiosk-qualify-again = Opnieuw meten
kiosk-qualify-stop = Meting stoppen
kiosk-qualify-body = Kijk in de camera zoals bij een aanmelding. Stap na elke opname opzij; kom daarna terug, of laat iemand anders. Doe het met meerdere mensen, overdag en ’s avonds. Er wordt geen beeld bewaard.
kiosk-qualify-count = Opnamen: { $taken } van { $wanted }
kiosk-qualify-taken = Goed. Stap opzij, dan de volgende.
kiosk-qualify-low = Opgenomen, maar onder de grens. Let op licht en afstand.
kiosk-qualify-missed = Geen gezicht stond op tijd goed. Probeer het opnieuw.
kiosk-qualify-fit = Deze plek is geschikt
kiosk-qualify-not-fit = Deze plek is nog niet geschikt
kiosk-qualify-overlap = { $below } van { $captures } opnamen liggen onder de grens: echte mensen zouden worden geweigerd.
kiosk-qualify-near = Alle opnamen slagen, maar te dicht bij de grens.
kiosk-qualify-kept = Opgeslagen voor deze camera: alleen getallen, geen beeld.
kiosk-qualify-lost = Het resultaat kon niet worden opgeslagen.
kiosk-site-more-light = Meer licht op gezichten
kiosk-site-less-light = Minder licht op gezichten
kiosk-site-even-light = Licht van voren, niet van één kant
kiosk-site-nearer = Mensen dichter bij de camera, of een camera met een smaller beeld
kiosk-site-farther = Mensen verder van de camera
kiosk-site-aim = De camera op gezichten gericht, op ooghoogte
kiosk-site-glasses = Geen donkere bril
kiosk-site-lens = Een schone, scherpgestelde lens
kiosk-site-one-person = Eén persoon tegelijk in beeld
kiosk-site-faster = Een snellere camera, of meer licht
kiosk-site-other-camera = Een andere camera
kiosk-site-more-captures = Meer opnamen
kiosk-restart = Programma opnieuw starten
kiosk-reboot = Computer opnieuw starten
kiosk-quit = Programma beëindigen
kiosk-pin-body = Voer de pincode in.
kiosk-pin-open = Openen
kiosk-pin-typed = { $typed ->
    [one] { $typed } cijfer
   *[other] { $typed } cijfers
}
kiosk-pin-wrong = Dat is niet de pincode.
kiosk-pin-wait = { $seconds ->
    [one] Dat is niet de pincode. Probeer het over { $seconds } seconde opnieuw.
   *[other] Dat is niet de pincode. Probeer het over { $seconds } seconden opnieuw.
}
kiosk-pin-locked = De pincode is na te veel pogingen geblokkeerd. Uw IT-team kan die deblokkeren.
kiosk-attend-title = Roep het personeel
kiosk-attend-body = Voordat uw gezicht wordt ingesteld, bevestigt een toezichthouder met nummer en pincode wie u bent. Daarna bent u weer aan de beurt.
kiosk-attend-number = Nummer van de toezichthouder
kiosk-attend-pin = Pincode van de toezichthouder
kiosk-attend-confirm = Bevestigen
kiosk-attend-refused = Nummer en pincode zijn niet geaccepteerd. Voer ze opnieuw in. Helpt dat niet, dan kan uw beheerder ze deblokkeren of vervangen.
kiosk-attend-later = Dat kan nu niet worden gecontroleerd. Probeer het zo meteen opnieuw.

## Allow another device
approve-title = Ander apparaat toestaan
approve-body = Voer de code in die het andere apparaat toont. U moet zich daar nu zelf aanmelden.
approve-warning = Voer nooit een code in die iemand u heeft gestuurd of voorgelezen.
approve-label = Code, zoals ABCD-EFGH
approve-continue = Doorgaan
approve-form = Een code heeft acht letters en cijfers, zoals ABCD-EFGH.
approve-refused = Deze code kan hier niet worden gebruikt. Controleer de code of begin de aanmelding op het andere apparaat opnieuw. Deze computer moet voor hetzelfde account zijn toegestaan.
approve-too-many = Er zijn te veel codes geprobeerd. Wacht een tijdje en probeer het dan opnieuw.
approve-network = De verificatiedienst is niet bereikbaar. Controleer het netwerk en probeer het opnieuw.
approve-ask-title = Dit apparaat toestaan?
approve-ask-body = Het wil uw gezicht controleren wanneer u zich aanmeldt. Sta het alleen toe als het van u is en u het nu gebruikt.
approve-ask-warning = Meldt u zich niet op een ander apparaat aan? Sta het niet toe en wijzig uw wachtwoord: iemand kent het.
approve-device = Apparaat
approve-thumbprint = Vingerafdruk van de sleutel
approve-asked = Gevraagd
approve-allow = Dit apparaat toestaan
approve-deny = Niet toestaan
approve-done-title = Het apparaat is toegestaan
approve-done-body = Ga ernaar terug en open de link opnieuw vanuit de browser.

## Settings
settings-title = Instellingen
settings-camera = Camera
settings-camera-first = De eerste die wordt gevonden
settings-camera-gone = { $camera } (niet aangesloten)
settings-camera-turn = Beeld met de klok mee draaien
settings-camera-mirrored = De camera verwisselt links en rechts
settings-camera-pinned = Deze computer gebruikt alleen deze camera. De beheerder kan dat wijzigen in het instellingenbestand.
settings-camera-testing = Voor tests mag hier software de camera vervangen. Elke aanmelding meldt dat.
settings-language = Taal
settings-language-system = Zoals het systeem
settings-theme = Weergave
settings-theme-system = Zoals het systeem
settings-theme-light = Licht
settings-theme-dark = Donker
settings-theme-contrast = Hoog contrast
settings-text-size = Tekstgrootte
settings-reduced-motion = Minder beweging
settings-resident = Klaarstaan op de achtergrond
settings-resident-what = Aanmeldingen openen sneller. Start wanneer u zich bij deze computer aanmeldt en gebruikt wat geheugen.
settings-verifiers = Vertrouwde verificatiediensten
settings-verifiers-none = Nog geen. De beheerder van deze computer voegt ze toe aan het instellingenbestand.
settings-about = Info en licenties
settings-diagnostics = Diagnose
settings-back = Terug
settings-not-saved = De instellingen konden niet worden opgeslagen.
settings-ignored = Regel { $line } van { $path } is overgeslagen: { $fault }
settings-unusable = { $path } kan niet worden gebruikt, dus gelden de standaardinstellingen: { $fault }
settings-managed = Beheerd door uw organisatie.
settings-managed-ignored = { $place }, ingesteld door uw organisatie, wordt deels overgeslagen: { $fault }
settings-managed-unusable = { $place }, ingesteld door uw organisatie, kan niet worden gebruikt, dus er kan geen aanmelding beginnen. Vraag uw IT-afdeling om hulp. { $fault }
font-missing = Deze taal heeft een lettertype nodig dat niet is geïnstalleerd.

## Camera test
camera-test-title = Cameratest
camera-test-body = Alleen u ziet dit beeld. Er wordt niets voor een aanmelding beoordeeld, bewaard of verstuurd.
camera-test-good = U zit goed

## Diagnostics
diagnostics-title = Diagnose
diagnostics-body = Wat deze installatie nodig heeft, en wat te doen als er iets ontbreekt. Geen persoonsgegevens.
diagnostics-running = Bezig met onderzoeken…
diagnostics-copy = Kopiëren
diagnostics-good = Goed
diagnostics-attention = Vraagt aandacht
diagnostics-unknown = Onbekend

## About
about-title = Info
about-licence = MIT of Apache-2.0
about-fonts = Lettertype: Inter, SIL Open Font License 1.1

## Diagnostics: what is looked at
doctor-camera = Camera
doctor-graphics = Grafische weergave
doctor-libraries = Bibliotheken
doctor-key = Apparaatsleutel
doctor-models = Neurale netwerken
doctor-verifier = Verificatiedienst
doctor-clock = Klok
doctor-link = Aanmeldlinks
doctor-managed = Beheerde instellingen
doctor-settings = Instellingen

## Diagnostics: what to do
doctor-fix-connect-camera = Sluit een camera aan of zet de ingebouwde camera aan.
doctor-fix-connect-usb-camera = Sluit een USB-camera aan: de ingebouwde werkt alleen via libcamera, dat Countenance nog niet gebruikt.
doctor-fix-join-video-group = Dit account mag geen camera’s gebruiken. Voeg het toe aan de groep “video”. Meld u daarna af en weer aan.
doctor-fix-open-desktop = Start Countenance in een bureaubladsessie met een scherm.
doctor-fix-join-render-group = Dit account mag het grafische apparaat niet gebruiken. Voeg het toe aan de groepen “render” en “video”. Meld u daarna af en weer aan.
doctor-fix-install-libraries = Installeer de bibliotheken die hierboven staan.
doctor-fix-protect-key = Anderen kunnen de sleutel van dit apparaat lezen. Maak het bestand privé, of verwijder het en registreer dit apparaat opnieuw.
doctor-fix-replace-key = Het sleutelbestand is beschadigd. Verplaats het: er wordt een nieuwe sleutel gemaakt en dit apparaat moet opnieuw worden geregistreerd.
doctor-fix-reinstall = Installeer Countenance opnieuw vanaf de plek waar u het vandaan hebt.
doctor-fix-restore-net = Zet het toegevoegde netwerk en zijn beschrijving terug zoals ze zijn vastgelegd, of verbeter liveness_nets in het instellingenbestand.
doctor-fix-name-verifier = Vraag de beheerder van deze computer om uw verificatiedienst in de instellingen op te nemen.
doctor-fix-check-network = Controleer het netwerk en probeer het opnieuw.
doctor-fix-check-certificates = Controleer de klok en de vertrouwde certificaten van deze computer, en wat er tussen de computer en de dienst zit.
doctor-fix-ask-verifier = Vraag de beheerder van de verificatiedienst of dit het juiste adres is.
doctor-fix-set-clock = Zet de klok van deze computer gelijk, liefst automatisch.
doctor-fix-register-link = Stel Countenance in als het programma dat aanmeldlinks opent.
doctor-fix-move-program = Verplaats Countenance naar een map zonder spaties in het pad en stel het daarna in als het programma dat aanmeldlinks opent.
doctor-fix-install-xdg-utils = Installeer xdg-utils en controleer opnieuw.
doctor-fix-correct-settings = Verbeter de regels van het instellingenbestand die hierboven staan.
doctor-fix-protect-settings = Controleer of niemand anders het instellingenbestand heeft gewijzigd en laat daarna alleen uw account het bestand en de map ervan wijzigen.
doctor-fix-correct-managed = Vraag uw IT-afdeling om te verbeteren wat hierboven staat: het beheerde bestand, het beleid of het profiel.
doctor-fix-protect-managed = Vraag uw IT-afdeling om te controleren of niemand het beheerde instellingenbestand heeft gewijzigd en daarna alleen de beheerder het bestand en de map ervan te laten wijzigen.
