# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Prouvez avec votre visage, sur cet ordinateur, que c’est bien vous.

## Ready
ready-title = Tout est prêt
ready-body = Une connexion qui demande votre visage ouvre cette fenêtre d’elle-même. D’ici là, vous n’avez rien à faire.
ready-privacy = La caméra reste éteinte jusqu’à ce que vous appuyiez sur « Commencer ». Vos images sont évaluées sur cet ordinateur.
ready-link-label = Lien de la page de connexion
ready-link-hint = countenance://verify?…
ready-link-open = Ouvrir le lien
ready-try-camera = Essayer la caméra
ready-approve = Autoriser un autre appareil
ready-settings = Réglages
link-refused-title = Ce lien ne peut pas être ouvert
link-refused-form = Ce n’est pas un lien de connexion de Countenance. Copiez-le à nouveau depuis la page de connexion.
link-refused-verifier = Il désigne un service de vérification auquel cet ordinateur ne fait pas confiance. Adressez-vous à la personne qui gère cet ordinateur.
link-busy = Une connexion est déjà en cours. Terminez-la ou annulez-la d’abord.

## Opening
opening-title = Un instant
opening-body = Nous demandons au service de vérification qui souhaite que vous vous connectiez.

## Consent
consent-title-verify = Est-ce bien votre connexion ?
consent-title-enroll = Configurer la connexion par le visage
consent-asks = { $application } demande votre visage
consent-application = Application
consent-account = Compte
consent-tenant = Service de connexion
consent-began = Début
consent-now = à l’instant
consent-minutes = { $minutes ->
    [one] il y a { $minutes } minute
   *[other] il y a { $minutes } minutes
}
consent-captured = Environ deux secondes d’images de la caméra, évaluées sur cet ordinateur.
    .kiosk = Environ deux secondes d’images de la caméra, évaluées sur cette borne.
consent-sent = Une image et un rapport signé sont envoyés au service de vérification.
consent-kept = Rien n’est conservé sur cet ordinateur.
    .kiosk = Rien n’est conservé sur cette borne.
consent-template = Le service conserve un gabarit : des nombres qui permettent de reconnaître votre visage, pas une image. Vous pouvez le faire effacer.
consent-light = La caméra s’allume quand vous appuyez sur « Commencer ».
consent-begin = Commencer
consent-not-me = Ce n’est pas moi
consent-warning = Vous n’avez pas lancé cette connexion ? Appuyez sur « Ce n’est pas moi ».

## Capture
capture-starting = Démarrage de la caméra
capture-cancel = Annuler
capture-time-left = { $seconds ->
    [one] encore { $seconds } seconde
   *[other] encore { $seconds } secondes
}
capture-progress = Progression : { $percent } %
capture-preview = Votre image, comme dans un miroir
capture-recording = Lecture d’un enregistrement, pas de caméra
capture-recording-parts = Lecture d’un enregistrement auquel il manque des parties
hint-no-face = Montrez votre visage
hint-several-faces = Une seule personne à la fois
hint-upside-down = Image à l’envers : voir réglages
    .kiosk = Image inversée : appelez le personnel
    .alone = Image inversée : changez de borne
hint-come-closer = Rapprochez-vous un peu
hint-move-back = Reculez un peu
hint-move-left = Allez vers votre gauche
hint-move-right = Allez vers votre droite
hint-move-up = Montez un peu
hint-move-down = Descendez un peu
hint-look-straight = Regardez droit devant vous
hint-hold-head-upright = Tenez la tête droite
hint-eyes-hidden = Laissez voir vos yeux
hint-too-dark = Plus de lumière sur votre visage
hint-too-bright = Moins de lumière sur votre visage
hint-uneven-light = Éclairez votre visage uniformément
hint-hold-still = Ne bougez plus
hint-almost-there = Presque terminé, continuez à regarder

## Camera trouble: cause, what to do
camera-denied-title = La caméra n’est pas autorisée
camera-denied-body = Cet ordinateur ne laisse pas Countenance utiliser la caméra.
camera-denied-fix-linux = Demandez à la personne qui gère cet ordinateur d’ajouter votre compte au groupe « video », puis déconnectez-vous et reconnectez-vous.
camera-denied-fix-macos = Ouvrez Réglages Système, Confidentialité et sécurité, Appareil photo, puis autorisez Countenance.
camera-denied-fix-windows = Ouvrez Paramètres, Confidentialité et sécurité, Caméra, puis laissez les applications de bureau utiliser la caméra.
camera-denied-fix-desktop = Ouvrez les paramètres de votre bureau, cherchez Countenance parmi les applications et autorisez la caméra, puis réessayez.
camera-busy-title = La caméra est occupée
camera-busy-body = Un autre programme utilise la caméra.
camera-busy-fix = Fermez les appels vidéo et les autres programmes utilisant la caméra, puis réessayez.
camera-absent-title = Aucune caméra trouvée
camera-absent-body = Cet ordinateur n’a pas de caméra utilisable.
camera-absent-fix = Branchez une caméra ou ouvrez son cache, puis réessayez.
camera-libcamera-title = La caméra intégrée n’est pas encore prise en charge
camera-libcamera-body = Elle passe par un processeur d’image Intel (IPU) et ne fonctionne qu’avec libcamera, que Countenance n’utilise pas encore.
camera-libcamera-fix = Branchez une caméra USB, puis réessayez.
camera-asking-title = Votre bureau pose une question sur la caméra
camera-asking-body = Countenance ne peut utiliser la caméra que si vous l’autorisez.
camera-asking-fix = Répondez à la question de votre bureau, puis réessayez.
camera-portal-title = La caméra n’est pas accessible
camera-portal-body = Sur cet ordinateur, les caméras ne fonctionnent que par le portail caméra du bureau, qui ne répond pas ou n’a pas de caméra.
camera-portal-fix = Demandez à la personne qui gère cet ordinateur de vérifier xdg-desktop-portal, PipeWire et son greffon pour libcamera, ou branchez une caméra USB, puis réessayez.
camera-unsupported-title = Cette caméra ne peut pas être utilisée
camera-unsupported-body = Elle ne fournit aucune image que Countenance comprenne.
camera-unsupported-fix = Choisissez ou branchez une autre caméra, puis réessayez.
camera-lost-title = La caméra a été débranchée
camera-lost-body = La caméra a disparu pendant son utilisation.
camera-lost-fix = Rebranchez-la, puis réessayez.
camera-stalled-title = La caméra ne répond pas
camera-stalled-body = Elle est là, mais ne donne pas d’image.
camera-stalled-fix = Débranchez la caméra, rebranchez-la, puis réessayez.
camera-not-pinned-title = La bonne caméra manque
camera-not-pinned-body = Cet ordinateur utilise une caméra précise, et elle n’est pas branchée.
camera-not-pinned-fix = Branchez cette caméra ou prévenez la personne qui gère cet ordinateur.
camera-slow-title = La caméra est trop lente
camera-slow-body = Elle donne trop peu d’images par seconde.
camera-slow-fix = Éclairez davantage, branchez la caméra sur un port à elle seule et fermez les autres programmes, puis réessayez.
camera-black-title = L’image est noire
camera-black-body = La caméra fonctionne, mais on ne voit rien.
camera-black-fix = Ouvrez son cache ou retirez son capuchon, puis réessayez.
camera-frozen-title = L’image est figée
camera-frozen-body = La caméra donne toujours la même image.
camera-frozen-fix = Débranchez la caméra et rebranchez-la, ou utilisez-en une autre, puis réessayez.
camera-monochrome-title = L’image n’a pas de couleurs
camera-monochrome-body = C’est peut-être une caméra infrarouge, ou il fait trop sombre pour voir les couleurs.
camera-monochrome-fix = Choisissez une autre caméra ou ajoutez de la lumière, puis réessayez.
camera-clock-title = L’horloge de la caméra est fausse
camera-clock-body = L’heure de ses images recule.
camera-clock-fix = Débranchez la caméra et rebranchez-la, ou utilisez-en une autre, puis réessayez.
camera-not-allowed-title = Cette caméra n’est pas acceptée
camera-not-allowed-body = C’est un logiciel, ou ses images ne semblent pas venir d’un objectif.
camera-not-allowed-fix = Utilisez la caméra intégrée ou une autre, puis réessayez.
camera-recording-title = L’enregistrement ne peut pas être lu
camera-recording-body = Le fichier indiqué à la place d’une caméra est illisible.
camera-recording-fix = Vérifiez le nom et le type du fichier, puis relancez.
camera-another = Utiliser une autre caméra
camera-came = Une caméra est là. Nouvel essai.
camera-software = { $camera } (logiciel)

## Failed attempts
try-again = Réessayer
stop-here = S’arrêter ici
use-code = Utiliser plutôt un code
attempts-left = { $attempts ->
    [one] encore { $attempts } tentative
   *[other] encore { $attempts } tentatives
}
cannot-tell-title = Ce n’était pas assez net
cannot-tell-body = Tout va bien de votre côté. Une meilleure image aidera :
cannot-tell-light = Tournez-vous vers une fenêtre ou une lampe, sans en avoir derrière vous.
cannot-tell-distance = Placez-vous à une longueur de bras, le visage au milieu.
    .kiosk = Restez à une longueur de bras, le visage au milieu.
cannot-tell-glasses = Inclinez vos lunettes ou la tête pour éviter les reflets.
cannot-tell-unsure = Tout va bien de votre côté. Les images laissent un doute. Voici ce qui aide :
cannot-tell-move = Bougez un peu la tête et clignez des yeux.
not-accepted-title = Cela n’a pas fonctionné
not-accepted-not-live = Montrez votre propre visage, en direct, face à la caméra.
not-accepted-no-match = Votre visage n’a pas été reconnu pour ce compte.
not-accepted-poor-quality = L’image n’était pas assez bonne pour être comparée.
not-accepted-camera = Cette caméra n’est pas acceptée pour cette connexion. Utilisez la caméra intégrée ou une autre.
    .kiosk = La caméra de cette borne n’est pas acceptée pour cette connexion. Adressez-vous au personnel.
    .alone = La caméra de cette borne n’est pas acceptée pour cette connexion. Veuillez utiliser une autre borne.
not-accepted-untrusted = Le service de vérification n’a pas accepté le rapport de cet ordinateur. Prévenez la personne qui le gère.
    .kiosk = Le service de vérification n’a pas accepté le rapport de cette borne. Adressez-vous au personnel.
    .alone = Le service de vérification n’a pas accepté le rapport de cette borne. Veuillez utiliser une autre borne.
picture-yours = Votre image
picture-ideal = À quoi elle devrait ressembler

## Sending
sending-title = Vérification
sending-body = Votre image est en route. Cela prend un instant.
sending-retrying = Pas de connexion réseau. Nouvelle tentative en cours.

## Code instead
code-title = Utiliser plutôt un code
code-choose = Un code à usage unique est envoyé au numéro de téléphone de votre compte.
code-sms = Envoyer un SMS
code-voice = M’appeler
code-camera = Utiliser plutôt la caméra
code-waiting = Le service de vérification est interrogé.
code-sent = Le code est en route. Cela peut prendre une minute.
code-label = Code à 6 chiffres
code-check = Vérifier le code
code-wrong = Ce n’est pas le code qui a été envoyé.
code-not-sent-refused = Aucun code ne peut être envoyé à votre téléphone de cette façon. Choisissez un autre moyen.
code-not-sent-later = Le code n’a pas pu être envoyé. Réessayez dans un instant ou choisissez un autre moyen.
code-not-checked-refused = Cette connexion n’accepte plus de code. Choisissez un autre moyen.
code-not-checked-later = Le code n’a pas pu être vérifié. Réessayez dans un instant ou choisissez un autre moyen.
code-resend = Renvoyer
code-resend-wait = { $seconds ->
    [one] Renvoyer dans { $seconds } seconde
   *[other] Renvoyer dans { $seconds } secondes
}

## Endings
done-title = C’est bien vous
done-title-enroll = Votre visage est enregistré
done-body = Retour à votre navigateur. Cette fenêtre se ferme d’elle-même.
refused-title = Connexion non effectuée
refused-cancelled = Vous avez annulé. Votre navigateur en est informé.
    .kiosk = Vous avez annulé. Personne n’est connecté.
refused-not-me = Cette connexion a été arrêtée. Si ce n’était pas vous, changez votre mot de passe.
refused-too-many = Trop de tentatives. Attendez un moment, puis reconnectez-vous.
refused-timed-out = Le temps prévu pour cette connexion est écoulé. Reconnectez-vous dans votre navigateur.
    .kiosk = Le temps prévu pour cette connexion est écoulé. Veuillez recommencer.
refused-not-enrolled = Aucun visage n’est enregistré pour ce compte. Adressez-vous à la personne qui gère votre compte.
    .kiosk = Aucun visage n’est enregistré pour ce compte. Adressez-vous au personnel.
    .alone = Aucun visage n’est enregistré pour ce compte. Adressez-vous à la personne qui gère votre compte.
refused-disabled = La connexion par caméra est désactivée ici. Adressez-vous à la personne qui gère votre compte.
    .kiosk = La connexion par caméra est désactivée ici. Adressez-vous au personnel.
    .alone = La connexion par caméra est désactivée ici. Adressez-vous à la personne qui gère votre compte.
refused-other = Votre navigateur indique la suite.
    .kiosk = La page suivante indique la suite.
failed-title = La connexion s’est interrompue
failed-login-again = Ce lien a déjà servi ou est trop ancien. Recommencez la connexion dans votre navigateur.
    .kiosk = Le temps prévu pour cette connexion est écoulé. Veuillez recommencer.
failed-network = Le service de vérification est injoignable. Vérifiez le réseau, puis rouvrez le lien depuis votre navigateur.
    .kiosk = Le service de vérification est injoignable. Réessayez dans un instant ou adressez-vous au personnel.
    .alone = Le service de vérification est injoignable. Réessayez dans un instant ou utilisez une autre borne.
failed-operator = Cette installation a un défaut. Signalez à la personne qui gère cet ordinateur ce que montre le diagnostic.
    .kiosk = Cette borne a un défaut. Adressez-vous au personnel.
    .alone = Cette borne a un défaut. Veuillez utiliser une autre borne.
failed-title-approve = Cet ordinateur n’est pas encore autorisé
    .kiosk = Cette borne n’est pas encore autorisée
failed-approve = Ce compte n’utilise pas encore cet ordinateur. Si vous avez reçu un e-mail à ce sujet, autorisez-le depuis ce message ; sinon, adressez-vous à votre administrateur. Rouvrez ensuite le lien depuis votre navigateur.
    .kiosk = Cette borne ne peut pas encore servir pour votre compte. Adressez-vous au personnel.
    .alone = Cette borne ne peut pas encore servir pour votre compte. Adressez-vous à la personne qui gère votre compte.
failed-approve-code = Ou utilisez un ordinateur sur lequel vous vous connectez déjà avec votre visage : ouvrez-y Countenance, choisissez « Autoriser un autre appareil » et saisissez ce code.
failed-approve-command = Ou exécutez-y : { $command }
failed-approve-minutes = { $minutes ->
    [one] Le code est valable { $minutes } minute.
   *[other] Le code est valable { $minutes } minutes.
}
failed-title-update = Mettez Countenance à jour
    .kiosk = Cette borne doit être mise à jour
failed-update = Cette version de Countenance est trop ancienne pour cette connexion. Mettez-la à jour ou adressez-vous à votre service informatique. Recommencez ensuite la connexion dans votre navigateur.
    .kiosk = Sa version est trop ancienne pour cette connexion. Adressez-vous au personnel.
    .alone = Sa version est trop ancienne pour cette connexion. Veuillez utiliser une autre borne.
failed-title-clock = L’horloge de cet ordinateur est fausse
    .kiosk = L’horloge de cette borne est fausse
failed-clock = Cet ordinateur indique { $here }, mais il est { $there }. Demandez à votre équipe informatique de régler l’horloge, puis recommencez la connexion dans votre navigateur.
    .kiosk = Elle indique { $here }, mais il est { $there }. Adressez-vous au personnel.
    .alone = Elle indique { $here }, mais il est { $there }. Veuillez utiliser une autre borne.
close = Fermer

## Kiosk
kiosk-attract-title = Connectez-vous avec votre visage
kiosk-attract-body = Touchez le bouton, donnez votre accord, regardez la caméra. Cela prend quelques secondes.
kiosk-start = Toucher pour se connecter
kiosk-badge = Ou présentez votre badge au lecteur.
kiosk-privacy = La caméra reste éteinte jusqu’à votre accord. Rien vous concernant n’est conservé sur cette borne.
kiosk-privacy-watched = La caméra est allumée tant que vous êtes ici. Rien vous concernant n’est conservé sur cette borne.
kiosk-text-size = Taille du texte : { $percent } %
kiosk-lower = Plus bas
kiosk-higher = Plus haut
kiosk-speech-on = Lire à voix haute
kiosk-speech-off = Arrêter la lecture
kiosk-there-title = Êtes-vous toujours là ?
kiosk-there-body = { $seconds ->
    [one] Sinon, cette connexion se termine dans { $seconds } seconde et tout ce qui vous concerne est effacé.
   *[other] Sinon, cette connexion se termine dans { $seconds } secondes et tout ce qui vous concerne est effacé.
}
kiosk-there-here = Je suis là
kiosk-there-leave = Terminer maintenant
kiosk-thanks = Merci, { $account }.
kiosk-thanks-all = Merci.
kiosk-thanks-next = La page suivante s’ouvre maintenant.
kiosk-wipe = Quand vous partez, tout ce qui vous concerne est effacé de cet écran.
kiosk-next = Continuer
kiosk-next-person = À la personne suivante.
kiosk-wiping-title = Déconnexion en cours
kiosk-wiping-body = Tout ce qui vient de cette visite est en cours d’effacement.
kiosk-wiped-title = Déconnexion terminée
kiosk-wiped-body = Tout ce qui vient de cette visite a été effacé.
kiosk-link-title = Cette connexion ne peut pas commencer
kiosk-link-body = Veuillez recommencer. Si cela ne suffit pas, adressez-vous au personnel.
    .alone = Veuillez recommencer. Si cela ne suffit pas, utilisez une autre borne.
kiosk-camera-body = La caméra de cette borne ne fonctionne pas.
kiosk-camera-fix = Réessayez. Si cela ne suffit pas, adressez-vous au personnel.
    .alone = Réessayez. Si cela ne suffit pas, utilisez une autre borne.
kiosk-code-typed = { $typed } chiffres sur { $total }
kiosk-erase = Effacer le dernier chiffre
kiosk-out-title = Hors service
kiosk-out-offline = Pas de réseau
kiosk-out-verifier = Connexion indisponible
kiosk-out-disk = Le stockage est plein
kiosk-out-browser = La page de connexion ne s’ouvre pas
kiosk-out-unregistered = Cette borne n’est pas encore configurée
kiosk-out-wait = Cela passe souvent tout seul. Veuillez patienter un instant.
kiosk-out-repair = Cette borne doit d’abord être réparée.
kiosk-out-ask = Adressez-vous au personnel ou utilisez une autre borne.
kiosk-out-elsewhere = Veuillez utiliser une autre borne.
kiosk-out-since = { $minutes ->
    [one] Depuis { $minutes } minute
   *[other] Depuis { $minutes } minutes
}

## Kiosk: operator
kiosk-operator-title = Exploitation
kiosk-operator-close = Retour à la borne
kiosk-operator-measures = Visage : { $face } % de la largeur. Distance : environ { $distance } cm. Lumière : { $light } sur 255.
kiosk-operator-no-face = L’image ne montre pas exactement un visage.
kiosk-camera-fixed = C’est le fichier de configuration de cette borne qui en décide.
kiosk-camera-pin = N’accepter que cette caméra
kiosk-qualify = Mesurer cet emplacement
kiosk-qualify-again = Mesurer de nouveau
kiosk-qualify-stop = Arrêter la mesure
kiosk-qualify-body = Regardez la caméra comme pour une connexion. Après chaque prise, écartez-vous, puis revenez ou laissez la place à quelqu’un d’autre. Faites venir plusieurs personnes, et mesurez de jour et le soir. Aucune image n’est conservée.
kiosk-qualify-count = Prises : { $taken } sur { $wanted }
kiosk-qualify-taken = Bien. Écartez-vous, puis la prise suivante.
kiosk-qualify-low = Prise, mais sous la limite. Vérifiez la lumière et la distance.
kiosk-qualify-missed = Aucun visage n’était bien placé à temps. Réessayez.
kiosk-qualify-fit = Cet emplacement convient
kiosk-qualify-not-fit = Cet emplacement ne convient pas encore
kiosk-qualify-overlap = { $below } prises sur { $captures } sont sous la limite : de vraies personnes seraient refusées.
kiosk-qualify-near = Toutes les prises passent, mais trop près de la limite.
kiosk-qualify-kept = Enregistré pour cette caméra : des chiffres seulement, aucune image.
kiosk-qualify-lost = Le résultat n’a pas pu être enregistré.
kiosk-site-more-light = Plus de lumière sur les visages
kiosk-site-less-light = Moins de lumière sur les visages
kiosk-site-even-light = Une lumière de face, pas d’un seul côté
kiosk-site-nearer = Des personnes plus près de la caméra, ou une caméra au champ plus étroit
kiosk-site-farther = Des personnes plus loin de la caméra
kiosk-site-aim = La caméra dirigée vers les visages, à hauteur des yeux
kiosk-site-glasses = Pas de lunettes sombres
kiosk-site-lens = Un objectif propre et net
kiosk-site-one-person = Une seule personne à la fois dans l’image
kiosk-site-faster = Une caméra plus rapide, ou plus de lumière
kiosk-site-other-camera = Une autre caméra
kiosk-site-more-captures = Davantage de prises
kiosk-restart = Redémarrer le programme
kiosk-reboot = Redémarrer l’ordinateur
kiosk-quit = Quitter le programme
kiosk-pin-body = Saisissez le code PIN.
kiosk-pin-open = Ouvrir
kiosk-pin-typed = { $typed ->
    [one] { $typed } chiffre
   *[other] { $typed } chiffres
}
kiosk-pin-wrong = Ce n’est pas le bon code PIN.
kiosk-pin-wait = { $seconds ->
    [one] Ce n’est pas le bon code PIN. Réessayez dans { $seconds } seconde.
   *[other] Ce n’est pas le bon code PIN. Réessayez dans { $seconds } secondes.
}
kiosk-pin-locked = Le code PIN est bloqué après trop de tentatives. Votre équipe informatique peut le débloquer.
kiosk-attend-title = Appelez le personnel
kiosk-attend-body = Avant l’enregistrement de votre visage, un responsable confirme qui vous êtes, avec son numéro et son code PIN. Ensuite, c’est de nouveau à vous.
kiosk-attend-number = Numéro du responsable
kiosk-attend-pin = Code PIN du responsable
kiosk-attend-confirm = Confirmer
kiosk-attend-refused = Le numéro et le code PIN n’ont pas été acceptés. Saisissez-les de nouveau. Si cela ne suffit pas, votre administrateur peut les débloquer ou les remplacer.
kiosk-attend-later = Cela ne peut pas être vérifié pour le moment. Réessayez dans un instant.

## Allow another device
approve-title = Autoriser un autre appareil
approve-body = Saisissez le code affiché par l’autre appareil. Vous devez être en train de vous y connecter.
approve-warning = Ne saisissez jamais un code que quelqu’un vous a envoyé ou dicté.
approve-label = Code, comme ABCD-EFGH
approve-continue = Continuer
approve-form = Un code comporte huit lettres et chiffres, comme ABCD-EFGH.
approve-refused = Ce code ne peut pas être utilisé ici. Vérifiez-le ou recommencez la connexion sur l’autre appareil. Cet ordinateur doit être autorisé pour le même compte.
approve-too-many = Trop de codes ont été essayés. Attendez un moment, puis réessayez.
approve-network = Le service de vérification est injoignable. Vérifiez le réseau, puis réessayez.
approve-ask-title = Autoriser cet appareil ?
approve-ask-body = Il demande à vérifier votre visage lors de vos connexions. Ne l’autorisez que s’il est à vous et que vous l’utilisez en ce moment.
approve-ask-warning = Vous n’êtes pas en train de vous connecter sur un autre appareil ? Ne l’autorisez pas et changez votre mot de passe : quelqu’un le connaît.
approve-device = Appareil
approve-thumbprint = Empreinte
approve-asked = Demandé
approve-allow = Autoriser cet appareil
approve-deny = Ne pas autoriser
approve-done-title = L’appareil est autorisé
approve-done-body = Retournez-y et rouvrez le lien depuis son navigateur.

## Settings
settings-title = Réglages
settings-camera = Caméra
settings-camera-first = La première trouvée
settings-camera-gone = { $camera } (non branchée)
settings-camera-turn = Tourner l’image dans le sens horaire
settings-camera-mirrored = La caméra inverse la gauche et la droite
settings-camera-pinned = Cet ordinateur n’utilise que cette caméra. La personne qui le gère peut changer cela dans le fichier de réglages.
settings-camera-testing = Pour des tests, un logiciel peut remplacer la caméra ici. Chaque connexion le signale.
settings-language = Langue
settings-language-system = Celle du système
settings-theme = Apparence
settings-theme-system = Celle du système
settings-theme-light = Claire
settings-theme-dark = Sombre
settings-theme-contrast = Contraste élevé
settings-text-size = Taille du texte
settings-reduced-motion = Moins d’animations
settings-resident = Rester prête en arrière-plan
settings-resident-what = Les connexions s’ouvrent plus vite. Démarre à l’ouverture de session sur cet ordinateur et occupe un peu de mémoire.
settings-verifiers = Services de vérification de confiance
settings-verifiers-none = Aucun pour l’instant. La personne qui gère cet ordinateur les ajoute au fichier de réglages.
settings-about = À propos et licences
settings-diagnostics = Diagnostic
settings-back = Retour
settings-not-saved = Les réglages n’ont pas pu être enregistrés.
settings-ignored = La ligne { $line } de { $path } a été ignorée : { $fault }
settings-unusable = { $path } ne peut pas être utilisé ; les réglages par défaut s’appliquent : { $fault }
settings-managed = Géré par votre organisation.
settings-managed-ignored = { $place }, défini par votre organisation, est ignoré en partie : { $fault }
settings-managed-unusable = { $place }, défini par votre organisation, ne peut pas être utilisé ; aucune connexion ne peut commencer. Contactez votre équipe informatique. { $fault }
font-missing = Cette langue nécessite une police qui n’est pas installée.

## Camera test
camera-test-title = Test de la caméra
camera-test-body = Cette image ne s’affiche que pour vous. Rien n’est évalué pour une connexion, conservé ni envoyé.
camera-test-good = Votre position est bonne

## Diagnostics
diagnostics-title = Diagnostic
diagnostics-body = Ce dont cette installation a besoin, et que faire quand quelque chose manque. Aucune donnée personnelle.
diagnostics-running = Examen en cours…
diagnostics-copy = Copier
diagnostics-good = Correct
diagnostics-attention = À vérifier
diagnostics-unknown = Inconnu

## About
about-title = À propos
about-licence = MIT ou Apache-2.0
about-fonts = Police : Inter, licence SIL Open Font 1.1

## Diagnostics: what is looked at
doctor-camera = Caméra
doctor-graphics = Affichage graphique
doctor-libraries = Bibliothèques
doctor-key = Clé de l’appareil
doctor-models = Réseaux de neurones
doctor-verifier = Service de vérification
doctor-clock = Horloge
doctor-link = Liens de connexion
doctor-managed = Réglages gérés
doctor-settings = Réglages

## Diagnostics: what to do
doctor-fix-connect-camera = Branchez une caméra ou activez celle qui est intégrée.
doctor-fix-connect-usb-camera = Branchez une caméra USB : celle de l’ordinateur ne fonctionne qu’avec libcamera, que Countenance n’utilise pas encore.
doctor-fix-join-video-group = Ce compte n’a pas le droit d’utiliser les caméras. Ajoutez-le au groupe « video », puis déconnectez-vous et reconnectez-vous.
doctor-fix-open-desktop = Lancez Countenance dans une session de bureau avec un écran.
doctor-fix-join-render-group = Ce compte n’a pas le droit d’utiliser le périphérique graphique. Ajoutez-le aux groupes « render » et « video », puis déconnectez-vous et reconnectez-vous.
doctor-fix-install-libraries = Installez les bibliothèques indiquées ci-dessus.
doctor-fix-protect-key = D’autres personnes peuvent lire la clé de cet appareil. Rendez le fichier privé, ou supprimez-le et enregistrez à nouveau cet appareil.
doctor-fix-replace-key = Le fichier de la clé est endommagé. Déplacez-le ailleurs : une nouvelle clé sera créée, et cet appareil devra être enregistré à nouveau.
doctor-fix-reinstall = Réinstallez Countenance à partir de sa source d’origine.
doctor-fix-restore-net = Remettez en place le réseau ajouté et sa description tels qu’ils ont été fixés, ou corrigez liveness_nets dans le fichier de réglages.
doctor-fix-name-verifier = Demandez à la personne qui gère cet ordinateur d’indiquer votre service de vérification dans les réglages.
doctor-fix-check-network = Vérifiez le réseau, puis réessayez.
doctor-fix-check-certificates = Vérifiez l’horloge et les certificats de confiance de cet ordinateur, ainsi que ce qui se trouve entre lui et le service.
doctor-fix-ask-verifier = Demandez à la personne qui gère le service de vérification si cette adresse est bien la sienne.
doctor-fix-set-clock = Réglez l’horloge de cet ordinateur, de préférence automatiquement.
doctor-fix-register-link = Faites de Countenance le programme qui ouvre les liens de connexion.
doctor-fix-move-program = Déplacez Countenance dans un dossier dont le chemin ne contient pas d’espace, puis faites-en le programme qui ouvre les liens de connexion.
doctor-fix-install-xdg-utils = Installez xdg-utils, puis vérifiez à nouveau.
doctor-fix-correct-settings = Corrigez les lignes du fichier de réglages indiquées ci-dessus.
doctor-fix-protect-settings = Vérifiez que personne d’autre n’a modifié le fichier de réglages, puis réservez à votre compte le droit de modifier ce fichier et son dossier.
doctor-fix-correct-managed = Demandez à votre équipe informatique de corriger ce qui est indiqué ci-dessus : le fichier géré, la stratégie ou le profil.
doctor-fix-protect-managed = Demandez à votre équipe informatique de vérifier que personne n’a modifié le fichier de réglages géré, puis de réserver à l’administrateur le droit de modifier ce fichier et son dossier.
