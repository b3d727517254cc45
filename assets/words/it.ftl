# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Dimostra con il tuo volto, su questo computer, che sei tu.

## Ready
ready-title = Tutto pronto
ready-body = Quando un accesso chiede il tuo volto, questa finestra si apre da sola. Fino ad allora qui non c’è nulla da fare.
ready-privacy = La fotocamera resta spenta finché non premi “Inizia”. Le tue immagini vengono valutate su questo computer.
ready-link-label = Link della pagina di accesso
ready-link-hint = countenance://verify?…
ready-link-open = Apri il link
ready-try-camera = Prova la fotocamera
ready-approve = Autorizza un altro dispositivo
ready-settings = Impostazioni
link-refused-title = Impossibile aprire questo link
link-refused-form = Non è un link di accesso di Countenance. Copialo di nuovo dalla pagina di accesso.
link-refused-verifier = Indica un servizio di verifica di cui questo computer non si fida. Chiedi a chi gestisce questo computer.
link-busy = C’è già un accesso in corso. Prima completalo o annullalo.

## Opening
opening-title = Un momento
opening-body = Chiediamo al servizio di verifica chi vuole che tu acceda.

## Consent
consent-title-verify = È tuo questo accesso?
consent-title-enroll = Configura l’accesso con il volto
consent-asks = { $application } chiede il tuo volto
consent-application = Applicazione
consent-account = Account
consent-tenant = Servizio di accesso
consent-began = Inizio
consent-now = proprio ora
consent-minutes = { $minutes ->
    [one] { $minutes } minuto fa
   *[other] { $minutes } minuti fa
}
consent-captured = Circa due secondi di immagini della fotocamera, valutate su questo computer.
    .kiosk = Circa due secondi di immagini della fotocamera, valutate su questo totem.
consent-sent = Un’immagine e un rapporto firmato vengono inviati al servizio di verifica.
consent-kept = Su questo computer non resta nulla.
    .kiosk = Su questo totem non resta nulla.
consent-template = Il servizio conserva un modello: numeri da cui si può riconoscere il tuo volto, non un’immagine. Puoi farlo cancellare.
consent-light = La fotocamera si accende quando premi “Inizia”.
consent-begin = Inizia
consent-not-me = Non sono io
consent-warning = Non hai avviato tu questo accesso? Premi “Non sono io”.

## Capture
capture-starting = Avvio della fotocamera
capture-cancel = Annulla
capture-time-left = { $seconds ->
    [one] ancora { $seconds } secondo
   *[other] ancora { $seconds } secondi
}
capture-progress = Avanzamento: { $percent }%
capture-preview = La tua immagine, come allo specchio
capture-recording = Viene riprodotta una registrazione, nessuna fotocamera
capture-recording-parts = Viene riprodotta una registrazione a cui mancano parti
hint-no-face = Mostra il tuo volto
hint-several-faces = Una persona alla volta
hint-upside-down = Immagine capovolta: vedi le impostazioni
    .kiosk = Immagine capovolta: chiedi al personale
    .alone = Immagine capovolta: usa un altro totem
hint-come-closer = Avvicinati un po’
hint-move-back = Allontanati un po’
hint-move-left = Spostati alla tua sinistra
hint-move-right = Spostati alla tua destra
hint-move-up = Spostati un po’ più in alto
hint-move-down = Spostati un po’ più in basso
hint-look-straight = Guarda dritto davanti a te
hint-hold-head-upright = Tieni la testa dritta
hint-eyes-hidden = Lascia vedere gli occhi
hint-too-dark = Più luce sul tuo volto
hint-too-bright = Meno luce sul tuo volto
hint-uneven-light = Illumina il volto in modo uniforme
hint-hold-still = Non muoverti
hint-almost-there = Ci siamo quasi, continua a guardare

## Camera trouble: cause, what to do
camera-denied-title = La fotocamera non è consentita
camera-denied-body = Questo computer non permette a Countenance di usare la fotocamera.
camera-denied-fix-linux = Chiedi a chi gestisce questo computer di aggiungere il tuo account al gruppo “video”, poi esci dalla sessione e rientra.
camera-denied-fix-macos = Apri Impostazioni di Sistema, Privacy e sicurezza, Fotocamera, e consenti Countenance.
camera-denied-fix-windows = Apri Impostazioni, Privacy e sicurezza, Fotocamera, e consenti alle app desktop di usare la fotocamera.
camera-denied-fix-desktop = Apri le impostazioni del desktop, cerca Countenance tra le app e consenti la fotocamera, poi riprova.
camera-busy-title = La fotocamera è in uso
camera-busy-body = Un altro programma sta usando la fotocamera.
camera-busy-fix = Chiudi videochiamate e altri programmi che usano la fotocamera, poi riprova.
camera-absent-title = Nessuna fotocamera trovata
camera-absent-body = Su questo computer non c’è una fotocamera utilizzabile.
camera-absent-fix = Collega una fotocamera o apri il copriobiettivo, poi riprova.
camera-libcamera-title = La fotocamera integrata non si può ancora usare
camera-libcamera-body = È collegata a un processore d’immagine Intel (IPU) e funziona solo con libcamera, che Countenance non usa ancora.
camera-libcamera-fix = Collega una fotocamera USB, poi riprova.
camera-asking-title = Il desktop chiede della fotocamera
camera-asking-body = Countenance può usare la fotocamera solo se lo consenti.
camera-asking-fix = Rispondi alla domanda del desktop, poi riprova.
camera-portal-title = La fotocamera non è raggiungibile
camera-portal-body = Su questo computer le fotocamere funzionano solo tramite il portale fotocamera del desktop, che non risponde o non ne ha.
camera-portal-fix = Chiedi a chi gestisce questo computer di controllare xdg-desktop-portal, PipeWire e il suo plugin per libcamera, oppure collega una fotocamera USB, poi riprova.
camera-unsupported-title = Questa fotocamera non si può usare
camera-unsupported-body = Non offre immagini che Countenance possa leggere.
camera-unsupported-fix = Scegli o collega un’altra fotocamera, poi riprova.
camera-lost-title = La fotocamera è stata scollegata
camera-lost-body = La fotocamera è sparita mentre era in uso.
camera-lost-fix = Ricollegala, poi riprova.
camera-stalled-title = La fotocamera non risponde
camera-stalled-body = È presente, ma non dà immagini.
camera-stalled-fix = Scollega la fotocamera, ricollegala, poi riprova.
camera-not-pinned-title = Manca la fotocamera giusta
camera-not-pinned-body = Questo computer usa una fotocamera precisa, che non è collegata.
camera-not-pinned-fix = Collega quella fotocamera o avvisa chi gestisce questo computer.
camera-slow-title = La fotocamera è troppo lenta
camera-slow-body = Dà troppo poche immagini al secondo.
camera-slow-fix = Fai più luce, collega la fotocamera a una porta tutta sua e chiudi gli altri programmi, poi riprova.
camera-black-title = L’immagine è nera
camera-black-body = La fotocamera funziona, ma non si vede nulla.
camera-black-fix = Apri il copriobiettivo o togli il tappo, poi riprova.
camera-frozen-title = L’immagine è ferma
camera-frozen-body = La fotocamera dà sempre la stessa immagine.
camera-frozen-fix = Scollega la fotocamera e ricollegala, oppure usane un’altra, poi riprova.
camera-monochrome-title = L’immagine non ha colori
camera-monochrome-body = Forse è una fotocamera a infrarossi, o è troppo buio per vedere i colori.
camera-monochrome-fix = Scegli un’altra fotocamera o aumenta la luce, poi riprova.
camera-clock-title = L’orologio della fotocamera è sbagliato
camera-clock-body = Gli orari delle sue immagini vanno all’indietro.
camera-clock-fix = Scollega la fotocamera e ricollegala, oppure usane un’altra, poi riprova.
camera-not-allowed-title = Questa fotocamera non è accettata
camera-not-allowed-body = È un programma, oppure le sue immagini non sembrano venire da un obiettivo.
camera-not-allowed-fix = Usa la fotocamera integrata o un’altra, poi riprova.
camera-recording-title = Impossibile riprodurre la registrazione
camera-recording-body = Il file indicato al posto di una fotocamera non si può leggere.
camera-recording-fix = Controlla nome e tipo del file, poi ricomincia.
camera-another = Usa un’altra fotocamera
camera-came = C’è una fotocamera. Nuovo tentativo.
camera-software = { $camera } (programma)

## Failed attempts
try-again = Riprova
stop-here = Interrompi qui
use-code = Usa invece un codice
attempts-left = { $attempts ->
    [one] ancora { $attempts } tentativo
   *[other] ancora { $attempts } tentativi
}
cannot-tell-title = Non era abbastanza chiaro
cannot-tell-body = Da parte tua va tutto bene. Un’immagine migliore aiuta:
cannot-tell-light = Girati verso una finestra o una lampada, senza averne dietro di te.
cannot-tell-distance = Siediti a un braccio di distanza, con il volto al centro.
    .kiosk = Resta a un braccio di distanza, con il volto al centro.
cannot-tell-glasses = Inclina gli occhiali o la testa per togliere i riflessi.
cannot-tell-unsure = Da parte tua va tutto bene. Le immagini lasciano un dubbio. Questo aiuta:
cannot-tell-move = Muovi un po’ la testa e batti le palpebre.
not-accepted-title = Non ha funzionato
not-accepted-not-live = Mostra proprio il tuo volto, dal vivo, rivolto verso la fotocamera.
not-accepted-no-match = Il tuo volto non è stato riconosciuto per questo account.
not-accepted-poor-quality = L’immagine non era abbastanza buona per il confronto.
not-accepted-camera = Questa fotocamera non è accettata per questo accesso. Usa quella integrata o un’altra.
    .kiosk = La fotocamera di questo totem non è accettata per questo accesso. Chiedi al personale.
    .alone = La fotocamera di questo totem non è accettata per questo accesso. Usa un altro totem, per favore.
not-accepted-untrusted = Il servizio di verifica non ha accettato il rapporto di questo computer. Avvisa chi lo gestisce.
    .kiosk = Il servizio di verifica non ha accettato il rapporto di questo totem. Chiedi al personale.
    .alone = Il servizio di verifica non ha accettato il rapporto di questo totem. Usa un altro totem, per favore.
picture-yours = La tua immagine
picture-ideal = Come dovrebbe essere

## Sending
sending-title = Verifica in corso
sending-body = Invio della tua immagine in corso. Ci vuole un momento.
sending-retrying = Nessuna connessione. Nuovo tentativo in corso.

## Code instead
code-title = Usa invece un codice
code-choose = Un codice monouso viene inviato al numero di telefono del tuo account.
code-sms = Invia un SMS
code-voice = Chiamami
code-camera = Usa invece la fotocamera
code-waiting = Si interroga il servizio di verifica.
code-sent = Il codice è in arrivo. Può volerci un minuto.
code-label = Codice a 6 cifre
code-check = Verifica il codice
code-wrong = Non è il codice che è stato inviato.
code-not-sent-refused = In questo modo non è possibile inviare un codice al tuo telefono. Scegli un’altra opzione.
code-not-sent-later = Non è stato possibile inviare il codice. Riprova tra un momento o scegli un’altra opzione.
code-not-checked-refused = Per questo accesso non si accettano più codici. Scegli un’altra opzione.
code-not-checked-later = Non è stato possibile verificare il codice. Riprova tra un momento o scegli un’altra opzione.
code-resend = Invia di nuovo
code-resend-wait = { $seconds ->
    [one] Invia di nuovo tra { $seconds } secondo
   *[other] Invia di nuovo tra { $seconds } secondi
}

## Endings
done-title = Sei tu
done-title-enroll = Il tuo volto è configurato
done-body = Torna al browser. Questa finestra si chiude da sola.
refused-title = Accesso non effettuato
refused-cancelled = Hai annullato. Il tuo browser lo sa.
    .kiosk = Hai annullato. Nessuno ha effettuato l’accesso.
refused-not-me = Questo accesso è stato fermato. Se non eri tu, cambia la password.
refused-too-many = Troppi tentativi. Aspetta un po’, poi accedi di nuovo.
refused-timed-out = Il tempo per questo accesso è scaduto. Accedi di nuovo dal browser.
    .kiosk = Il tempo per questo accesso è scaduto. Ricomincia.
refused-not-enrolled = Per questo account non è configurato alcun volto. Chiedi a chi gestisce il tuo account.
    .kiosk = Per questo account non è configurato alcun volto. Chiedi al personale.
    .alone = Per questo account non è configurato alcun volto. Chiedi a chi gestisce il tuo account.
refused-disabled = Qui l’accesso con la fotocamera è disattivato. Chiedi a chi gestisce il tuo account.
    .kiosk = Qui l’accesso con la fotocamera è disattivato. Chiedi al personale.
    .alone = Qui l’accesso con la fotocamera è disattivato. Chiedi a chi gestisce il tuo account.
refused-other = Il tuo browser mostra come proseguire.
    .kiosk = La pagina successiva mostra come proseguire.
failed-title = L’accesso si è interrotto
failed-login-again = Questo link è già stato usato o è troppo vecchio. Ricomincia l’accesso dal browser.
    .kiosk = Il tempo per questo accesso è scaduto. Ricomincia.
failed-network = Il servizio di verifica non è raggiungibile. Controlla la rete, poi riapri il link dal browser.
    .kiosk = Il servizio di verifica non è raggiungibile. Riprova tra un momento o chiedi al personale.
    .alone = Il servizio di verifica non è raggiungibile. Riprova tra un momento o usa un altro totem.
failed-operator = Questa installazione ha un difetto. Avvisa chi gestisce questo computer e riferisci che cosa mostra la diagnostica.
    .kiosk = Questo totem ha un difetto. Chiedi al personale.
    .alone = Questo totem ha un difetto. Usa un altro totem, per favore.
failed-title-approve = Questo computer non è ancora autorizzato
    .kiosk = Questo totem non è ancora autorizzato
failed-approve = Questo account non usa ancora questo computer. Se hai ricevuto un’e-mail al riguardo, autorizza il computer da lì; altrimenti rivolgiti all’amministratore. Poi riapri il link dal browser.
    .kiosk = Questo totem non si può ancora usare per il tuo account. Chiedi al personale.
    .alone = Questo totem non si può ancora usare per il tuo account. Chiedi a chi gestisce il tuo account.
failed-approve-code = Oppure usa un computer su cui accedi già con il volto: apri lì Countenance, scegli “Autorizza un altro dispositivo” e inserisci questo codice.
failed-approve-command = Oppure esegui lì: { $command }
failed-approve-minutes = { $minutes ->
    [one] Il codice vale ancora { $minutes } minuto.
   *[other] Il codice vale ancora { $minutes } minuti.
}
failed-title-update = Aggiorna Countenance
    .kiosk = Questo totem va aggiornato
failed-update = Questa versione di Countenance è troppo vecchia per questo accesso. Aggiornala o rivolgiti al reparto IT. Poi ricomincia l’accesso nel browser.
    .kiosk = La sua versione è troppo vecchia per questo accesso. Chiedi al personale.
    .alone = La sua versione è troppo vecchia per questo accesso. Usa un altro totem, per favore.
failed-title-clock = L’orologio di questo computer è sbagliato
    .kiosk = L’orologio di questo totem è sbagliato
failed-clock = Questo computer indica { $here }, ma l’ora esatta è { $there }. Chiedi al tuo team IT di regolare l’orologio, poi ricomincia l’accesso nel browser.
    .kiosk = Indica { $here }, ma l’ora esatta è { $there }. Chiedi al personale.
    .alone = Indica { $here }, ma l’ora esatta è { $there }. Usa un altro totem, per favore.
close = Chiudi

## Kiosk
kiosk-attract-title = Accedi con il volto
kiosk-attract-body = Tocca il pulsante, accetta e guarda la fotocamera. Bastano pochi secondi.
kiosk-start = Tocca per accedere
kiosk-badge = Oppure avvicina il badge al lettore.
kiosk-privacy = La fotocamera è spenta finché non accetti. Su questo totem non resta nulla di te.
kiosk-privacy-watched = La fotocamera è accesa finché sei qui. Su questo totem non resta nulla di te.
kiosk-text-size = Dimensione del testo: { $percent } %
kiosk-lower = Più in basso
kiosk-higher = Più in alto
kiosk-speech-on = Leggi ad alta voce
kiosk-speech-off = Smetti di leggere
kiosk-there-title = Ci sei ancora?
kiosk-there-body = { $seconds ->
    [one] Altrimenti questo accesso termina tra { $seconds } secondo e tutto ciò che ti riguarda viene eliminato.
   *[other] Altrimenti questo accesso termina tra { $seconds } secondi e tutto ciò che ti riguarda viene eliminato.
}
kiosk-there-here = Sono qui
kiosk-there-leave = Termina ora
kiosk-thanks = Grazie, { $account }.
kiosk-thanks-all = Grazie.
kiosk-thanks-next = Ora si apre la pagina successiva.
kiosk-wipe = Quando te ne vai, tutto ciò che ti riguarda viene eliminato da questo schermo.
kiosk-next = Continua
kiosk-next-person = Avanti il prossimo.
kiosk-wiping-title = Disconnessione in corso
kiosk-wiping-body = Tutto ciò che riguarda questa visita viene eliminato.
kiosk-wiped-title = Disconnessione completata
kiosk-wiped-body = Tutto ciò che riguarda questa visita è stato eliminato.
kiosk-link-title = Questo accesso non può iniziare
kiosk-link-body = Ricomincia. Se non basta, chiedi al personale.
    .alone = Ricomincia. Se non basta, usa un altro totem.
kiosk-camera-body = La fotocamera di questo totem non funziona.
kiosk-camera-fix = Riprova. Se non basta, chiedi al personale.
    .alone = Riprova. Se non basta, usa un altro totem.
kiosk-code-typed = { $typed } cifre su { $total }
kiosk-erase = Cancella l’ultima cifra
kiosk-out-title = Fuori servizio
kiosk-out-offline = Rete assente
kiosk-out-verifier = L’accesso non è disponibile
kiosk-out-disk = La memoria è piena
kiosk-out-browser = La pagina di accesso non si apre
kiosk-out-unregistered = Questo totem non è ancora configurato
kiosk-out-wait = Spesso passa da solo. Attendi un momento.
kiosk-out-repair = Questo totem va prima riparato.
kiosk-out-ask = Chiedi al personale o usa un altro totem.
kiosk-out-elsewhere = Usa un altro totem, per favore.
kiosk-out-since = { $minutes ->
    [one] Da { $minutes } minuto
   *[other] Da { $minutes } minuti
}

## Kiosk: operator
kiosk-operator-title = Gestione
kiosk-operator-close = Torna al totem
kiosk-operator-measures = Volto: { $face } % della larghezza. Distanza: circa { $distance } cm. Luce: { $light } su 255.
kiosk-operator-no-face = Nell’immagine non c’è esattamente un volto.
kiosk-camera-fixed = Lo stabilisce il file di configurazione di questo totem.
kiosk-camera-pin = Accettare solo questa fotocamera
kiosk-qualify = Misurare questo luogo
kiosk-qualify-again = Misurare di nuovo
kiosk-qualify-stop = Interrompere la misura
kiosk-qualify-body = Guarda la fotocamera come per un accesso. Dopo ogni ripresa spostati, poi torna o lascia il posto a qualcun altro. Fallo con più persone, di giorno e di sera. Nessuna immagine viene conservata.
kiosk-qualify-count = Riprese: { $taken } su { $wanted }
kiosk-qualify-taken = Bene. Spostati, poi la prossima.
kiosk-qualify-low = Ripresa, ma sotto il limite. Controlla luce e distanza.
kiosk-qualify-missed = Nessun volto era ben posizionato in tempo. Riprova.
kiosk-qualify-fit = Questo luogo è adatto
kiosk-qualify-not-fit = Questo luogo non è ancora adatto
kiosk-qualify-overlap = { $below } riprese su { $captures } sono sotto il limite: persone vere verrebbero respinte.
kiosk-qualify-near = Tutte le riprese passano, ma troppo vicine al limite.
kiosk-qualify-kept = Salvato per questa fotocamera: solo numeri, nessuna immagine.
kiosk-qualify-lost = Non è stato possibile salvare il risultato.
kiosk-site-more-light = Più luce sui volti
kiosk-site-less-light = Meno luce sui volti
kiosk-site-even-light = Luce di fronte, non da un lato
kiosk-site-nearer = Persone più vicine alla fotocamera, o una fotocamera con campo più stretto
kiosk-site-farther = Persone più lontane dalla fotocamera
kiosk-site-aim = La fotocamera puntata sui volti, all’altezza degli occhi
kiosk-site-glasses = Niente occhiali scuri
kiosk-site-lens = Un obiettivo pulito e a fuoco
kiosk-site-one-person = Una sola persona alla volta nell’immagine
kiosk-site-faster = Una fotocamera più veloce, o più luce
kiosk-site-other-camera = Un’altra fotocamera
kiosk-site-more-captures = Più riprese
kiosk-restart = Riavvia il programma
kiosk-reboot = Riavvia il computer
kiosk-quit = Chiudi il programma
kiosk-pin-body = Inserisci il PIN.
kiosk-pin-open = Apri
kiosk-pin-typed = { $typed ->
    [one] { $typed } cifra
   *[other] { $typed } cifre
}
kiosk-pin-wrong = Non è il PIN giusto.
kiosk-pin-wait = { $seconds ->
    [one] Non è il PIN giusto. Riprova tra { $seconds } secondo.
   *[other] Non è il PIN giusto. Riprova tra { $seconds } secondi.
}
kiosk-pin-locked = Il PIN è bloccato dopo troppi tentativi. Il tuo team IT può sbloccarlo.
kiosk-attend-title = Chiama il personale
kiosk-attend-body = Prima di registrare il tuo volto, un responsabile conferma chi sei con il suo numero e il suo PIN. Poi tocca di nuovo a te.
kiosk-attend-number = Numero del responsabile
kiosk-attend-pin = PIN del responsabile
kiosk-attend-confirm = Conferma
kiosk-attend-refused = Numero e PIN non sono stati accettati. Inseriscili di nuovo. Se non basta, il tuo amministratore può sbloccarli o sostituirli.
kiosk-attend-later = In questo momento non è possibile verificarli. Riprova tra poco.

## Allow another device
approve-title = Autorizza un altro dispositivo
approve-body = Inserisci il codice mostrato dall’altro dispositivo. Devi essere tu ad accedere da lì in questo momento.
approve-warning = Non inserire mai un codice che qualcuno ti ha inviato o dettato.
approve-label = Codice, come ABCD-EFGH
approve-continue = Continua
approve-form = Un codice ha otto lettere e cifre, come ABCD-EFGH.
approve-refused = Questo codice non può essere usato qui. Controllalo o ricomincia l’accesso sull’altro dispositivo. Questo computer deve essere autorizzato per lo stesso account.
approve-too-many = Sono stati provati troppi codici. Aspetta un po’, poi riprova.
approve-network = Il servizio di verifica non è raggiungibile. Controlla la rete, poi riprova.
approve-ask-title = Autorizzare questo dispositivo?
approve-ask-body = Chiede di verificare il tuo volto quando accedi. Autorizzalo solo se è tuo e lo stai usando adesso.
approve-ask-warning = Non stai accedendo da un altro dispositivo? Non autorizzarlo e cambia la password: qualcuno la conosce.
approve-device = Dispositivo
approve-thumbprint = Impronta della chiave
approve-asked = Richiesto
approve-allow = Autorizza questo dispositivo
approve-deny = Non autorizzare
approve-done-title = Il dispositivo è autorizzato
approve-done-body = Torna lì e riapri il link dal suo browser.

## Settings
settings-title = Impostazioni
settings-camera = Fotocamera
settings-camera-first = La prima trovata
settings-camera-gone = { $camera } (non collegata)
settings-camera-turn = Ruota l’immagine in senso orario
settings-camera-mirrored = La fotocamera scambia destra e sinistra
settings-camera-pinned = Questo computer usa solo questa fotocamera. Chi lo gestisce può cambiarlo nel file delle impostazioni.
settings-camera-testing = Per le prove, qui un programma può fare da fotocamera. Ogni accesso lo segnala.
settings-language = Lingua
settings-language-system = Come il sistema
settings-theme = Aspetto
settings-theme-system = Come il sistema
settings-theme-light = Chiaro
settings-theme-dark = Scuro
settings-theme-contrast = Contrasto elevato
settings-text-size = Dimensione del testo
settings-reduced-motion = Meno movimento
settings-resident = Resta pronta in background
settings-resident-what = Gli accessi si aprono più in fretta. Si avvia quando accedi a questo computer e occupa un po’ di memoria.
settings-verifiers = Servizi di verifica attendibili
settings-verifiers-none = Ancora nessuno. Chi gestisce questo computer li aggiunge al file delle impostazioni.
settings-about = Informazioni e licenze
settings-diagnostics = Diagnostica
settings-back = Indietro
settings-not-saved = Non è stato possibile salvare le impostazioni.
settings-ignored = La riga { $line } di { $path } è stata ignorata: { $fault }
settings-unusable = { $path } non può essere usato, quindi valgono le impostazioni predefinite: { $fault }
settings-managed = Gestito dalla tua organizzazione.
settings-managed-ignored = { $place }, stabilito dalla tua organizzazione, è in parte ignorato: { $fault }
settings-managed-unusable = { $place }, stabilito dalla tua organizzazione, non può essere usato, quindi nessun accesso può iniziare. Rivolgiti al reparto IT. { $fault }
font-missing = Questa lingua richiede un carattere che non è installato.

## Camera test
camera-test-title = Prova della fotocamera
camera-test-body = Questa immagine la vedi solo tu. Nulla viene valutato per un accesso, conservato o inviato.
camera-test-good = La tua posizione va bene

## Diagnostics
diagnostics-title = Diagnostica
diagnostics-body = Di che cosa ha bisogno questa installazione e che cosa fare se manca qualcosa. Nessun dato personale.
diagnostics-running = Controllo in corso…
diagnostics-copy = Copia
diagnostics-good = A posto
diagnostics-attention = Richiede attenzione
diagnostics-unknown = Sconosciuto

## About
about-title = Informazioni
about-licence = MIT o Apache-2.0
about-fonts = Caratteri: Inter, licenza SIL Open Font 1.1

## Diagnostics: what is looked at
doctor-camera = Fotocamera
doctor-graphics = Grafica
doctor-libraries = Librerie
doctor-key = Chiave del dispositivo
doctor-models = Reti neurali
doctor-verifier = Servizio di verifica
doctor-clock = Orologio
doctor-link = Link di accesso
doctor-managed = Impostazioni gestite
doctor-settings = Impostazioni

## Diagnostics: what to do
doctor-fix-connect-camera = Collega una fotocamera o accendi quella integrata.
doctor-fix-connect-usb-camera = Collega una fotocamera USB: quella integrata funziona solo con libcamera, che Countenance non usa ancora.
doctor-fix-join-video-group = Questo account non può usare fotocamere. Aggiungilo al gruppo “video”, poi esci dalla sessione e rientra.
doctor-fix-open-desktop = Avvia Countenance in una sessione desktop con uno schermo.
doctor-fix-join-render-group = Questo account non può usare il dispositivo grafico. Aggiungilo ai gruppi “render” e “video”, poi esci dalla sessione e rientra.
doctor-fix-install-libraries = Installa le librerie indicate sopra.
doctor-fix-protect-key = Altri possono leggere la chiave di questo dispositivo. Rendi privato il file, oppure eliminalo e registra di nuovo questo dispositivo.
doctor-fix-replace-key = Il file della chiave è danneggiato. Spostalo altrove: verrà creata una nuova chiave e questo dispositivo dovrà essere registrato di nuovo.
doctor-fix-reinstall = Installa di nuovo Countenance dalla fonte da cui l’hai ottenuto.
doctor-fix-restore-net = Rimetti a posto la rete aggiunta e la sua descrizione come erano state fissate, oppure correggi liveness_nets nel file delle impostazioni.
doctor-fix-name-verifier = Chiedi a chi gestisce questo computer di indicare il tuo servizio di verifica nelle impostazioni.
doctor-fix-check-network = Controlla la rete, poi riprova.
doctor-fix-check-certificates = Controlla l’orologio e i certificati attendibili di questo computer, e ciò che si trova tra esso e il servizio.
doctor-fix-ask-verifier = Chiedi a chi gestisce il servizio di verifica se questo è il suo indirizzo.
doctor-fix-set-clock = Regola l’orologio di questo computer, meglio se in automatico.
doctor-fix-register-link = Imposta Countenance come programma che apre i link di accesso.
doctor-fix-move-program = Sposta Countenance in una cartella senza spazi nel percorso, poi impostalo come programma che apre i link di accesso.
doctor-fix-install-xdg-utils = Installa xdg-utils, poi controlla di nuovo.
doctor-fix-correct-settings = Correggi le righe del file delle impostazioni indicate sopra.
doctor-fix-protect-settings = Verifica che nessun altro abbia modificato il file delle impostazioni, poi consenti solo al tuo account di modificare il file e la sua cartella.
doctor-fix-correct-managed = Chiedi al reparto IT di correggere quanto indicato sopra: il file gestito, il criterio o il profilo.
doctor-fix-protect-managed = Chiedi al reparto IT di verificare che nessuno abbia modificato il file delle impostazioni gestito e poi di consentire solo all’amministratore di modificare il file e la sua cartella.
