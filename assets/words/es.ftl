# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Demuestra con tu rostro, en este equipo, que eres tú.

## Ready
ready-title = Todo listo
ready-body = Cuando un inicio de sesión pida tu rostro, esta ventana se abrirá sola. Hasta entonces no hay nada que hacer aquí.
ready-privacy = La cámara permanece apagada hasta que pulses «Empezar». Tus imágenes se evalúan en este equipo.
ready-link-label = Enlace de la página de inicio de sesión
ready-link-hint = countenance://verify?…
ready-link-open = Abrir enlace
ready-try-camera = Probar la cámara
ready-approve = Autorizar otro dispositivo
ready-settings = Ajustes
link-refused-title = Este enlace no se puede abrir
link-refused-form = No es un enlace de inicio de sesión de Countenance. Cópialo de nuevo desde la página de inicio de sesión.
link-refused-verifier = Indica un servicio de verificación en el que este equipo no confía. Consulta a quien administra este equipo.
link-busy = Ya hay un inicio de sesión en curso. Termínalo o cancélalo primero.

## Opening
opening-title = Un momento
opening-body = Preguntando al servicio de verificación quién pide que inicies sesión.

## Consent
consent-title-verify = ¿Es tuyo este inicio de sesión?
consent-title-enroll = Configurar el inicio de sesión con tu rostro
consent-asks = { $application } pide tu rostro
consent-application = Aplicación
consent-account = Cuenta
consent-tenant = Servicio de acceso
consent-began = Iniciado
consent-now = ahora mismo
consent-minutes = { $minutes ->
    [one] hace { $minutes } minuto
   *[other] hace { $minutes } minutos
}
consent-captured = Unos dos segundos de imágenes de la cámara, evaluadas en este equipo.
    .kiosk = Unos dos segundos de imágenes de la cámara, evaluadas en este quiosco.
consent-sent = Una imagen y un informe firmado se envían al servicio de verificación.
consent-kept = En este equipo no se guarda nada.
    .kiosk = En este quiosco no se guarda nada.
consent-template = El servicio guarda una plantilla: números que permiten reconocer tu rostro, no una imagen. Puedes pedir que se borre.
consent-light = La cámara se enciende cuando pulsas «Empezar».
consent-begin = Empezar
consent-not-me = No soy yo
consent-warning = ¿No has pedido tú este inicio de sesión? Pulsa «No soy yo».

## Capture
capture-starting = Encendiendo la cámara
capture-cancel = Cancelar
capture-time-left = { $seconds ->
    [one] queda { $seconds } segundo
   *[other] quedan { $seconds } segundos
}
capture-progress = Progreso: { $percent } %
capture-preview = Tu imagen, como en un espejo
capture-recording = Se reproduce una grabación, sin cámara
capture-recording-parts = Se reproduce una grabación a la que le faltan partes
hint-no-face = Muestra tu rostro
hint-several-faces = Una sola persona a la vez
hint-upside-down = Imagen al revés: mira los ajustes
    .kiosk = Imagen al revés: avisa al personal
    .alone = Imagen al revés: usa otro quiosco
hint-come-closer = Acércate un poco
hint-move-back = Aléjate un poco
hint-move-left = Muévete a tu izquierda
hint-move-right = Muévete a tu derecha
hint-move-up = Sube un poco
hint-move-down = Baja un poco
hint-look-straight = Mira al frente
hint-hold-head-upright = Mantén la cabeza recta
hint-eyes-hidden = Deja ver tus ojos
hint-too-dark = Más luz en tu rostro
hint-too-bright = Menos luz en tu rostro
hint-uneven-light = Ilumina tu rostro por igual
hint-hold-still = No te muevas
hint-almost-there = Ya casi está, sigue mirando

## Camera trouble: cause, what to do
camera-denied-title = La cámara no está permitida
camera-denied-body = Este equipo no deja que Countenance use la cámara.
camera-denied-fix-linux = Pide a quien administra este equipo que añada tu cuenta al grupo «video»; después cierra la sesión y vuelve a iniciarla.
camera-denied-fix-macos = Abre Ajustes del Sistema, Privacidad y seguridad, Cámara, y permite el acceso a Countenance.
camera-denied-fix-windows = Abre Configuración, Privacidad y seguridad, Cámara, y deja que las aplicaciones de escritorio usen la cámara.
camera-denied-fix-desktop = Abre los ajustes de tu escritorio, busca Countenance entre las aplicaciones y permite la cámara. Después inténtalo de nuevo.
camera-busy-title = La cámara está en uso
camera-busy-body = Otro programa está usando la cámara.
camera-busy-fix = Cierra las videollamadas y otros programas de cámara e inténtalo de nuevo.
camera-absent-title = No se encuentra ninguna cámara
camera-absent-body = En este equipo no hay ninguna cámara que se pueda usar.
camera-absent-fix = Conecta una cámara o abre su tapa e inténtalo de nuevo.
camera-libcamera-title = La cámara integrada todavía no se puede usar
camera-libcamera-body = Está conectada a un procesador de imagen de Intel (IPU) y solo funciona con libcamera, que Countenance todavía no utiliza.
camera-libcamera-fix = Conecta una cámara USB e inténtalo de nuevo.
camera-asking-title = Tu escritorio pregunta por la cámara
camera-asking-body = Countenance solo puede usar la cámara si lo permites.
camera-asking-fix = Responde a la pregunta de tu escritorio e inténtalo de nuevo.
camera-portal-title = No se puede acceder a la cámara
camera-portal-body = En este equipo, las cámaras solo funcionan a través del portal de cámara del escritorio, que no responde o no tiene ninguna.
camera-portal-fix = Pide a quien administra este equipo que revise xdg-desktop-portal, PipeWire y su complemento para libcamera, o conecta una cámara USB. Después inténtalo de nuevo.
camera-unsupported-title = Esta cámara no se puede usar
camera-unsupported-body = No ofrece ninguna imagen que Countenance entienda.
camera-unsupported-fix = Elige o conecta otra cámara e inténtalo de nuevo.
camera-lost-title = La cámara se ha desconectado
camera-lost-body = La cámara desapareció mientras se usaba.
camera-lost-fix = Vuelve a conectarla e inténtalo de nuevo.
camera-stalled-title = La cámara no responde
camera-stalled-body = Está ahí, pero no da imagen.
camera-stalled-fix = Desconecta la cámara, vuelve a conectarla e inténtalo de nuevo.
camera-not-pinned-title = Falta la cámara correcta
camera-not-pinned-body = Este equipo usa una cámara determinada, y no está conectada.
camera-not-pinned-fix = Conecta esa cámara o avisa a quien administra este equipo.
camera-slow-title = La cámara es demasiado lenta
camera-slow-body = Da muy pocas imágenes por segundo.
camera-slow-fix = Pon más luz, conecta la cámara a un puerto propio y cierra otros programas. Después, inténtalo de nuevo.
camera-black-title = La imagen está en negro
camera-black-body = La cámara funciona, pero no se ve nada.
camera-black-fix = Abre la tapa o quítala e inténtalo de nuevo.
camera-frozen-title = La imagen no se mueve
camera-frozen-body = La cámara da la misma imagen una y otra vez.
camera-frozen-fix = Desconecta la cámara y vuelve a conectarla, o usa otra. Después, inténtalo de nuevo.
camera-monochrome-title = La imagen no tiene color
camera-monochrome-body = Puede que sea una cámara infrarroja, o está demasiado oscuro para ver colores.
camera-monochrome-fix = Elige otra cámara o pon más luz e inténtalo de nuevo.
camera-clock-title = El reloj de la cámara no va bien
camera-clock-body = Las horas de sus imágenes van hacia atrás.
camera-clock-fix = Desconecta la cámara y vuelve a conectarla, o usa otra. Después, inténtalo de nuevo.
camera-not-allowed-title = Esta cámara no se acepta
camera-not-allowed-body = Es un programa, o sus imágenes no parecen venir de un objetivo.
camera-not-allowed-fix = Usa la cámara integrada u otra e inténtalo de nuevo.
camera-recording-title = La grabación no se puede reproducir
camera-recording-body = El archivo indicado en lugar de una cámara no se puede leer.
camera-recording-fix = Comprueba el nombre y el tipo del archivo y vuelve a empezar.
camera-another = Usar otra cámara
camera-came = Ya hay una cámara. Nuevo intento.
camera-software = { $camera } (programa)

## Failed attempts
try-again = Intentar de nuevo
stop-here = Dejarlo aquí
use-code = Usar un código
attempts-left = { $attempts ->
    [one] queda { $attempts } intento
   *[other] quedan { $attempts } intentos
}
cannot-tell-title = No se veía con claridad
cannot-tell-body = No has hecho nada mal. Una imagen mejor ayuda:
cannot-tell-light = Ponte de cara a una ventana o a una lámpara, sin ninguna detrás.
cannot-tell-distance = Siéntate a un brazo de distancia, con el rostro en el centro.
    .kiosk = Quédate a un brazo de distancia, con el rostro en el centro.
cannot-tell-glasses = Inclina las gafas o la cabeza para quitar los reflejos.
cannot-tell-unsure = No has hecho nada mal. Las imágenes dejan una duda. Esto ayuda:
cannot-tell-move = Mueve un poco la cabeza y parpadea.
not-accepted-title = No ha funcionado
not-accepted-not-live = Muestra tu propio rostro, en vivo y de frente a la cámara.
not-accepted-no-match = No se ha reconocido tu rostro para esta cuenta.
not-accepted-poor-quality = La imagen no era lo bastante buena para compararla.
not-accepted-camera = Esta cámara no se acepta para este inicio de sesión. Usa la cámara integrada u otra distinta.
    .kiosk = La cámara de este quiosco no se acepta para este inicio de sesión. Consulta al personal.
    .alone = La cámara de este quiosco no se acepta para este inicio de sesión. Usa otro quiosco, por favor.
not-accepted-untrusted = El servicio de verificación no ha aceptado el informe de este equipo. Avisa a quien lo administra.
    .kiosk = El servicio de verificación no ha aceptado el informe de este quiosco. Consulta al personal.
    .alone = El servicio de verificación no ha aceptado el informe de este quiosco. Usa otro quiosco, por favor.
picture-yours = Tu imagen
picture-ideal = Cómo debería verse

## Sending
sending-title = Comprobando
sending-body = Tu imagen va en camino. Tarda un momento.
sending-retrying = Sin conexión. Intentándolo de nuevo.

## Code instead
code-title = Usar un código
code-choose = Se envía un código de un solo uso al teléfono de tu cuenta.
code-sms = Enviar un SMS
code-voice = Llamarme
code-camera = Usar la cámara
code-waiting = Se pregunta al servicio de verificación.
code-sent = El código está en camino. Puede tardar un minuto.
code-label = Código de 6 cifras
code-check = Comprobar el código
code-wrong = Ese no es el código que se envió.
code-not-sent-refused = No se puede enviar un código a tu teléfono de esta forma. Elige otra opción.
code-not-sent-later = No se ha podido enviar el código. Inténtalo de nuevo en un momento o elige otra opción.
code-not-checked-refused = Este inicio de sesión ya no admite códigos. Elige otra opción.
code-not-checked-later = No se ha podido comprobar el código. Inténtalo de nuevo en un momento o elige otra opción.
code-resend = Enviar otra vez
code-resend-wait = { $seconds ->
    [one] Enviar otra vez en { $seconds } segundo
   *[other] Enviar otra vez en { $seconds } segundos
}

## Endings
done-title = Eres tú
done-title-enroll = Tu rostro está configurado
done-body = Vuelve a tu navegador. Esta ventana se cierra sola.
refused-title = Sesión no iniciada
refused-cancelled = Has cancelado. Tu navegador ya lo sabe.
    .kiosk = Has cancelado. No hay ninguna sesión iniciada.
refused-not-me = Este inicio de sesión se ha detenido. Si no has sido tú, cambia tu contraseña.
refused-too-many = Demasiados intentos. Espera un rato y vuelve a iniciar sesión.
refused-timed-out = Se acabó el tiempo para este inicio de sesión. Vuelve a iniciar sesión en tu navegador.
    .kiosk = Se acabó el tiempo para este inicio de sesión. Empieza de nuevo.
refused-not-enrolled = No hay ningún rostro configurado para esta cuenta. Consulta a quien administra tu cuenta.
    .kiosk = No hay ningún rostro configurado para esta cuenta. Consulta al personal.
    .alone = No hay ningún rostro configurado para esta cuenta. Consulta a quien administra tu cuenta.
refused-disabled = El inicio de sesión con la cámara está desactivado aquí. Consulta a quien administra tu cuenta.
    .kiosk = El inicio de sesión con la cámara está desactivado aquí. Consulta al personal.
    .alone = El inicio de sesión con la cámara está desactivado aquí. Consulta a quien administra tu cuenta.
refused-other = Tu navegador indica cómo seguir.
    .kiosk = La página siguiente indica cómo seguir.
failed-title = El inicio de sesión se ha interrumpido
failed-login-again = Este enlace ya se usó o es demasiado antiguo. Empieza de nuevo el inicio de sesión en tu navegador.
    .kiosk = Se acabó el tiempo para este inicio de sesión. Empieza de nuevo.
failed-network = No se puede contactar con el servicio de verificación. Comprueba la red y abre de nuevo el enlace desde tu navegador.
    .kiosk = No se puede contactar con el servicio de verificación. Inténtalo en un momento o consulta al personal.
    .alone = No se puede contactar con el servicio de verificación. Inténtalo en un momento o usa otro quiosco.
failed-operator = Esta instalación tiene un fallo. Avisa a quien administra este equipo y dile qué muestra el diagnóstico.
    .kiosk = Este quiosco tiene un fallo. Consulta al personal.
    .alone = Este quiosco tiene un fallo. Usa otro quiosco, por favor.
failed-title-approve = Este equipo aún no está autorizado
    .kiosk = Este quiosco aún no está autorizado
failed-approve = Esta cuenta todavía no usa este equipo. Si has recibido un correo al respecto, autoriza el equipo desde él; si no, consulta a tu administrador. Después, abre de nuevo el enlace desde tu navegador.
    .kiosk = Este quiosco aún no se puede usar con tu cuenta. Consulta al personal.
    .alone = Este quiosco aún no se puede usar con tu cuenta. Consulta a quien administra tu cuenta.
failed-approve-code = O usa un equipo en el que ya inicias sesión con tu rostro: abre allí Countenance, elige «Autorizar otro dispositivo» y escribe este código.
failed-approve-command = O ejecuta allí: { $command }
failed-approve-minutes = { $minutes ->
    [one] El código es válido durante { $minutes } minuto.
   *[other] El código es válido durante { $minutes } minutos.
}
failed-title-update = Actualiza Countenance
    .kiosk = Este quiosco necesita una actualización
failed-update = Esta versión de Countenance es demasiado antigua para este inicio de sesión. Actualízala o consulta a tu equipo de TI. Después, empieza de nuevo el inicio de sesión en tu navegador.
    .kiosk = Su versión es demasiado antigua para este inicio de sesión. Consulta al personal.
    .alone = Su versión es demasiado antigua para este inicio de sesión. Usa otro quiosco, por favor.
failed-title-clock = El reloj de este ordenador está mal
    .kiosk = El reloj de este quiosco está mal
failed-clock = Este ordenador indica { $here }, pero la hora correcta es { $there }. Pide a tu equipo de TI que ajuste el reloj y vuelve a empezar el inicio de sesión en el navegador.
    .kiosk = Indica { $here }, pero la hora correcta es { $there }. Consulta al personal.
    .alone = Indica { $here }, pero la hora correcta es { $there }. Usa otro quiosco, por favor.
close = Cerrar

## Kiosk
kiosk-attract-title = Inicia sesión con tu rostro
kiosk-attract-body = Toca el botón, acepta y mira a la cámara. Son unos segundos.
kiosk-start = Toca para iniciar sesión
kiosk-badge = O acerca tu tarjeta al lector.
kiosk-privacy = La cámara está apagada hasta que aceptes. En este quiosco no se guarda nada sobre ti.
kiosk-privacy-watched = La cámara está encendida mientras estés aquí. En este quiosco no se guarda nada sobre ti.
kiosk-text-size = Tamaño del texto: { $percent } %
kiosk-lower = Más abajo
kiosk-higher = Más arriba
kiosk-speech-on = Leer en voz alta
kiosk-speech-off = Dejar de leer
kiosk-there-title = ¿Sigues ahí?
kiosk-there-body = { $seconds ->
    [one] Si no, este inicio de sesión termina en { $seconds } segundo y se borra todo lo tuyo.
   *[other] Si no, este inicio de sesión termina en { $seconds } segundos y se borra todo lo tuyo.
}
kiosk-there-here = Sigo aquí
kiosk-there-leave = Terminar ahora
kiosk-thanks = Gracias, { $account }.
kiosk-thanks-all = Gracias.
kiosk-thanks-next = Ahora se abre la página siguiente.
kiosk-wipe = Cuando te vayas, todo lo tuyo se borra de esta pantalla.
kiosk-next = Continuar
kiosk-next-person = El siguiente, por favor.
kiosk-wiping-title = Cerrando la sesión
kiosk-wiping-body = Se está borrando todo lo de esta visita.
kiosk-wiped-title = Sesión cerrada
kiosk-wiped-body = Se ha borrado todo lo de esta visita.
kiosk-link-title = Este inicio de sesión no puede empezar
kiosk-link-body = Empieza de nuevo. Si no sirve, consulta al personal.
    .alone = Empieza de nuevo. Si no sirve, usa otro quiosco.
kiosk-camera-body = La cámara de este quiosco no funciona.
kiosk-camera-fix = Inténtalo de nuevo. Si no sirve, consulta al personal.
    .alone = Inténtalo de nuevo. Si no sirve, usa otro quiosco.
kiosk-code-typed = { $typed } de { $total } cifras
kiosk-erase = Borrar la última cifra
kiosk-out-title = Fuera de servicio
kiosk-out-offline = Sin red
kiosk-out-verifier = El inicio de sesión no está disponible
kiosk-out-disk = El almacenamiento está lleno
kiosk-out-browser = La página de inicio de sesión no se abre
kiosk-out-unregistered = Este quiosco aún no está configurado
kiosk-out-wait = Suele pasar solo. Espera un momento, por favor.
kiosk-out-repair = Primero hay que reparar este quiosco.
kiosk-out-ask = Consulta al personal o usa otro quiosco.
kiosk-out-elsewhere = Usa otro quiosco, por favor.
kiosk-out-since = { $minutes ->
    [one] Desde hace { $minutes } minuto
   *[other] Desde hace { $minutes } minutos
}

## Kiosk: operator
kiosk-operator-title = Operación
kiosk-operator-close = Volver al quiosco
kiosk-operator-measures = Rostro: { $face } % del ancho. Distancia: unos { $distance } cm. Luz: { $light } de 255.
kiosk-operator-no-face = En la imagen no hay exactamente un rostro.
kiosk-camera-fixed = Lo decide el archivo de configuración de este quiosco.
kiosk-camera-pin = Aceptar solo esta cámara
kiosk-qualify = Medir este lugar
kiosk-qualify-again = Medir otra vez
kiosk-qualify-stop = Detener la medición
kiosk-qualify-body = Mira a la cámara como en un inicio de sesión. Después de cada toma, apártate; luego vuelve o deja paso a otra persona. Hazlo con varias personas, de día y al anochecer. No se guarda ninguna imagen.
kiosk-qualify-count = Tomas: { $taken } de { $wanted }
kiosk-qualify-taken = Bien. Apártate; luego, la siguiente.
kiosk-qualify-low = Tomada, pero por debajo del límite. Revisa la luz y la distancia.
kiosk-qualify-missed = Ningún rostro se colocó bien a tiempo. Inténtalo de nuevo.
kiosk-qualify-fit = Este lugar es apto
kiosk-qualify-not-fit = Este lugar aún no es apto
kiosk-qualify-overlap = { $below } de { $captures } tomas están por debajo del límite: se rechazaría a personas auténticas.
kiosk-qualify-near = Todas las tomas pasan, pero demasiado cerca del límite.
kiosk-qualify-kept = Guardado para esta cámara: solo números, ninguna imagen.
kiosk-qualify-lost = No se ha podido guardar el resultado.
kiosk-site-more-light = Más luz sobre los rostros
kiosk-site-less-light = Menos luz sobre los rostros
kiosk-site-even-light = Luz de frente, no de un lado
kiosk-site-nearer = Personas más cerca de la cámara, o una cámara de campo más estrecho
kiosk-site-farther = Personas más lejos de la cámara
kiosk-site-aim = La cámara dirigida a los rostros, a la altura de los ojos
kiosk-site-glasses = Sin gafas oscuras
kiosk-site-lens = Un objetivo limpio y enfocado
kiosk-site-one-person = Una sola persona a la vez en la imagen
kiosk-site-faster = Una cámara más rápida, o más luz
kiosk-site-other-camera = Otra cámara
kiosk-site-more-captures = Más tomas
kiosk-restart = Reiniciar el programa
kiosk-reboot = Reiniciar el equipo
kiosk-quit = Cerrar el programa
kiosk-pin-body = Introduce el PIN.
kiosk-pin-open = Abrir
kiosk-pin-typed = { $typed ->
    [one] { $typed } cifra
   *[other] { $typed } cifras
}
kiosk-pin-wrong = Ese no es el PIN.
kiosk-pin-wait = { $seconds ->
    [one] Ese no es el PIN. Inténtalo de nuevo en { $seconds } segundo.
   *[other] Ese no es el PIN. Inténtalo de nuevo en { $seconds } segundos.
}
kiosk-pin-locked = El PIN está bloqueado tras demasiados intentos. Tu equipo de TI puede desbloquearlo.
kiosk-attend-title = Llama al personal
kiosk-attend-body = Antes de registrar tu rostro, una persona responsable confirma quién eres con su número y su PIN. Después te toca de nuevo a ti.
kiosk-attend-number = Número del responsable
kiosk-attend-pin = PIN del responsable
kiosk-attend-confirm = Confirmar
kiosk-attend-refused = No se han aceptado el número y el PIN. Introdúcelos de nuevo. Si no sirve, tu administrador puede desbloquearlos o cambiarlos.
kiosk-attend-later = Ahora no se puede comprobar. Inténtalo de nuevo en un momento.

## Allow another device
approve-title = Autorizar otro dispositivo
approve-body = Escribe el código que muestra el otro dispositivo. Debes estar iniciando sesión en él ahora mismo.
approve-warning = No escribas nunca un código que alguien te haya enviado o dictado.
approve-label = Código, como ABCD-EFGH
approve-continue = Continuar
approve-form = Un código tiene ocho letras y cifras, como ABCD-EFGH.
approve-refused = Este código no se puede usar aquí. Compruébalo o empieza de nuevo el inicio de sesión en el otro dispositivo. Este equipo debe estar autorizado para la misma cuenta.
approve-too-many = Se han probado demasiados códigos. Espera un rato e inténtalo de nuevo.
approve-network = No se puede contactar con el servicio de verificación. Comprueba la red e inténtalo de nuevo.
approve-ask-title = ¿Autorizar este dispositivo?
approve-ask-body = Pide verificar tu rostro cuando inicies sesión. Autorízalo solo si es tuyo y lo estás usando ahora.
approve-ask-warning = ¿No estás iniciando sesión en otro dispositivo? No lo autorices y cambia tu contraseña: alguien la conoce.
approve-device = Dispositivo
approve-thumbprint = Huella de la clave
approve-asked = Solicitado
approve-allow = Autorizar este dispositivo
approve-deny = No autorizar
approve-done-title = El dispositivo está autorizado
approve-done-body = Vuelve a él y abre de nuevo el enlace desde su navegador.

## Settings
settings-title = Ajustes
settings-camera = Cámara
settings-camera-first = La primera que se encuentre
settings-camera-gone = { $camera } (no conectada)
settings-camera-turn = Girar la imagen a la derecha
settings-camera-mirrored = La cámara cambia izquierda y derecha
settings-camera-pinned = Este equipo solo usa esta cámara. Quien lo administra puede cambiarlo en el archivo de ajustes.
settings-camera-testing = Para pruebas, aquí un programa puede hacer de cámara. Cada inicio de sesión lo indica.
settings-language = Idioma
settings-language-system = El del sistema
settings-theme = Apariencia
settings-theme-system = La del sistema
settings-theme-light = Clara
settings-theme-dark = Oscura
settings-theme-contrast = Alto contraste
settings-text-size = Tamaño del texto
settings-reduced-motion = Menos movimiento
settings-resident = Quedarse lista en segundo plano
settings-resident-what = Los inicios de sesión se abren antes. Arranca al entrar en este equipo y ocupa algo de memoria.
settings-verifiers = Servicios de verificación de confianza
settings-verifiers-none = Aún no hay ninguno. Quien administra este equipo los añade al archivo de ajustes.
settings-about = Información y licencias
settings-diagnostics = Diagnóstico
settings-back = Atrás
settings-not-saved = No se han podido guardar los ajustes.
settings-ignored = Se ha ignorado la línea { $line } de { $path }: { $fault }
settings-unusable = No se puede usar { $path }, así que se aplican los ajustes predeterminados: { $fault }
settings-managed = Administrado por tu organización.
settings-managed-ignored = { $place }, establecido por tu organización, se ignora en parte: { $fault }
settings-managed-unusable = No se puede usar { $place }, establecido por tu organización, así que ningún inicio de sesión puede empezar. Consulta a tu equipo de TI. { $fault }
font-missing = Este idioma necesita una fuente que no está instalada.

## Camera test
camera-test-title = Prueba de la cámara
camera-test-body = Solo tú ves esta imagen. No se evalúa para ningún inicio de sesión, ni se guarda ni se envía.
camera-test-good = Estás en buena posición

## Diagnostics
diagnostics-title = Diagnóstico
diagnostics-body = Lo que necesita esta instalación y qué hacer cuando falta algo. Sin datos personales.
diagnostics-running = Comprobando…
diagnostics-copy = Copiar
diagnostics-good = Bien
diagnostics-attention = Requiere atención
diagnostics-unknown = Desconocido

## About
about-title = Información
about-licence = MIT o Apache-2.0
about-fonts = Tipo de letra: Inter, licencia SIL Open Font 1.1

## Diagnostics: what is looked at
doctor-camera = Cámara
doctor-graphics = Gráficos
doctor-libraries = Bibliotecas
doctor-key = Clave del dispositivo
doctor-models = Redes neuronales
doctor-verifier = Servicio de verificación
doctor-clock = Reloj
doctor-link = Enlaces de inicio de sesión
doctor-managed = Ajustes administrados
doctor-settings = Ajustes

## Diagnostics: what to do
doctor-fix-connect-camera = Conecta una cámara o enciende la integrada.
doctor-fix-connect-usb-camera = Conecta una cámara USB: la integrada solo funciona con libcamera, que Countenance todavía no utiliza.
doctor-fix-join-video-group = Esta cuenta no puede usar cámaras. Añádela al grupo «video»; después cierra la sesión y vuelve a iniciarla.
doctor-fix-open-desktop = Inicia Countenance en una sesión de escritorio con pantalla.
doctor-fix-join-render-group = Esta cuenta no puede usar el dispositivo gráfico. Añádela a los grupos «render» y «video»; después cierra la sesión y vuelve a iniciarla.
doctor-fix-install-libraries = Instala las bibliotecas indicadas arriba.
doctor-fix-protect-key = Otras personas pueden leer la clave de este dispositivo. Haz que el archivo sea privado, o bórralo y registra de nuevo este dispositivo.
doctor-fix-replace-key = El archivo de la clave está dañado. Muévelo a otro lugar: se creará una clave nueva y habrá que registrar de nuevo este dispositivo.
doctor-fix-reinstall = Vuelve a instalar Countenance desde donde lo obtuviste.
doctor-fix-restore-net = Restaura la red añadida y su descripción tal como se fijaron, o corrige liveness_nets en el archivo de ajustes.
doctor-fix-name-verifier = Pide a quien administra este equipo que indique tu servicio de verificación en los ajustes.
doctor-fix-check-network = Comprueba la red e inténtalo de nuevo.
doctor-fix-check-certificates = Comprueba el reloj y los certificados de confianza de este equipo, y lo que haya entre él y el servicio.
doctor-fix-ask-verifier = Pregunta a quien gestiona el servicio de verificación si esta es su dirección.
doctor-fix-set-clock = Pon en hora el reloj de este equipo, mejor de forma automática.
doctor-fix-register-link = Haz que Countenance sea el programa que abre los enlaces de inicio de sesión.
doctor-fix-move-program = Mueve Countenance a una carpeta sin espacios en su ruta y después haz que sea el programa que abre los enlaces de inicio de sesión.
doctor-fix-install-xdg-utils = Instala xdg-utils y compruébalo de nuevo.
doctor-fix-correct-settings = Corrige las líneas del archivo de ajustes indicadas arriba.
doctor-fix-protect-settings = Comprueba que nadie más ha cambiado el archivo de ajustes y después deja que solo tu cuenta pueda cambiarlo, junto con su carpeta.
doctor-fix-correct-managed = Pide a tu equipo de TI que corrija lo indicado arriba: el archivo administrado, la directiva o el perfil.
doctor-fix-protect-managed = Pide a tu equipo de TI que compruebe que nadie ha cambiado el archivo de ajustes administrado y que después solo el administrador pueda cambiar el archivo y su carpeta.
