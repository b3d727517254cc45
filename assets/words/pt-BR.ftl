# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = Prove com seu rosto, neste computador, que é você.

## Ready
ready-title = Tudo pronto
ready-body = Quando um login pedir seu rosto, esta janela se abrirá sozinha. Até lá, não há nada a fazer aqui.
ready-privacy = A câmera fica desligada até você clicar em “Começar”. Suas imagens são avaliadas neste computador.
ready-link-label = Link da página de login
ready-link-hint = countenance://verify?…
ready-link-open = Abrir link
ready-try-camera = Testar a câmera
ready-approve = Autorizar outro dispositivo
ready-settings = Configurações
link-refused-title = Não é possível abrir este link
link-refused-form = Não é um link de login do Countenance. Copie-o de novo da página de login.
link-refused-verifier = Ele indica um serviço de verificação em que este computador não confia. Fale com quem cuida deste computador.
link-busy = Já há um login em andamento. Conclua ou cancele-o primeiro.

## Opening
opening-title = Um momento
opening-body = Perguntando ao serviço de verificação quem quer que você faça login.

## Consent
consent-title-verify = Este login é seu?
consent-title-enroll = Configurar o login com o rosto
consent-asks = { $application } pede seu rosto
consent-application = Aplicativo
consent-account = Conta
consent-tenant = Serviço de login
consent-began = Início
consent-now = agora mesmo
consent-minutes = { $minutes ->
    [one] há { $minutes } minuto
   *[other] há { $minutes } minutos
}
consent-captured = Cerca de dois segundos de imagens da câmera, avaliadas neste computador.
    .kiosk = Cerca de dois segundos de imagens da câmera, avaliadas neste totem.
consent-sent = Uma imagem e um relatório assinado vão para o serviço de verificação.
consent-kept = Nada fica guardado neste computador.
    .kiosk = Nada fica guardado neste totem.
consent-template = O serviço guarda um modelo: números que permitem reconhecer seu rosto, não uma imagem. Você pode pedir que seja apagado.
consent-light = A câmera liga quando você clica em “Começar”.
consent-begin = Começar
consent-not-me = Não sou eu
consent-warning = Você não iniciou este login? Clique em “Não sou eu”.

## Capture
capture-starting = Ligando a câmera
capture-cancel = Cancelar
capture-time-left = { $seconds ->
    [one] resta { $seconds } segundo
   *[other] restam { $seconds } segundos
}
capture-progress = Progresso: { $percent }%
capture-preview = Sua imagem, como no espelho
capture-recording = Reproduzindo uma gravação, sem câmera
capture-recording-parts = Reproduzindo uma gravação com partes faltando
hint-no-face = Mostre seu rosto
hint-several-faces = Uma pessoa por vez
hint-upside-down = Imagem invertida: veja as configurações
    .kiosk = Imagem invertida: chame a equipe
    .alone = Imagem invertida: use outro totem
hint-come-closer = Chegue mais perto
hint-move-back = Afaste-se um pouco
hint-move-left = Vá para a sua esquerda
hint-move-right = Vá para a sua direita
hint-move-up = Suba um pouco
hint-move-down = Desça um pouco
hint-look-straight = Olhe para a frente
hint-hold-head-upright = Mantenha a cabeça reta
hint-eyes-hidden = Deixe seus olhos à vista
hint-too-dark = Mais luz no seu rosto
hint-too-bright = Menos luz no seu rosto
hint-uneven-light = Ilumine o rosto por igual
hint-hold-still = Não se mexa
hint-almost-there = Quase lá, continue olhando

## Camera trouble: cause, what to do
camera-denied-title = O acesso à câmera não está permitido
camera-denied-body = Este computador não deixa o Countenance usar a câmera.
camera-denied-fix-linux = Peça a quem cuida deste computador que inclua sua conta no grupo “video”; depois saia da sessão e entre de novo.
camera-denied-fix-macos = Abra Ajustes do Sistema, Privacidade e Segurança, Câmera, e permita o Countenance.
camera-denied-fix-windows = Abra Configurações, Privacidade e segurança, Câmera, e deixe os aplicativos da área de trabalho usarem a câmera.
camera-denied-fix-desktop = Abra as configurações da sua área de trabalho, procure o Countenance entre os aplicativos e permita a câmera. Depois tente de novo.
camera-busy-title = A câmera está em uso
camera-busy-body = Outro programa está usando a câmera.
camera-busy-fix = Feche chamadas de vídeo e outros programas de câmera e tente de novo.
camera-absent-title = Nenhuma câmera encontrada
camera-absent-body = Não há neste computador uma câmera que possa ser usada.
camera-absent-fix = Conecte uma câmera ou abra a tampa dela e tente de novo.
camera-libcamera-title = A câmera integrada ainda não pode ser usada
camera-libcamera-body = Ela está ligada a um processador de imagem da Intel (IPU) e só funciona com libcamera, que o Countenance ainda não usa.
camera-libcamera-fix = Conecte uma câmera USB e tente de novo.
camera-asking-title = Sua área de trabalho pergunta sobre a câmera
camera-asking-body = O Countenance só pode usar a câmera se você permitir.
camera-asking-fix = Responda à pergunta da sua área de trabalho e tente de novo.
camera-portal-title = Não é possível acessar a câmera
camera-portal-body = Neste computador, as câmeras só funcionam pelo portal de câmera da área de trabalho, que não responde ou não tem câmera.
camera-portal-fix = Peça a quem cuida deste computador que verifique o xdg-desktop-portal, o PipeWire e seu plugin para libcamera, ou conecte uma câmera USB. Depois tente de novo.
camera-unsupported-title = Esta câmera não pode ser usada
camera-unsupported-body = Ela não fornece uma imagem que o Countenance entenda.
camera-unsupported-fix = Escolha ou conecte outra câmera e tente de novo.
camera-lost-title = A câmera foi desconectada
camera-lost-body = A câmera sumiu enquanto estava em uso.
camera-lost-fix = Conecte-a de novo e tente outra vez.
camera-stalled-title = A câmera não responde
camera-stalled-body = Ela está presente, mas não envia imagem.
camera-stalled-fix = Desconecte a câmera, conecte-a de novo e tente outra vez.
camera-not-pinned-title = Falta a câmera certa
camera-not-pinned-body = Este computador usa uma câmera determinada, e ela não está conectada.
camera-not-pinned-fix = Conecte essa câmera ou avise quem cuida deste computador.
camera-slow-title = A câmera está lenta demais
camera-slow-body = Ela envia poucas imagens por segundo.
camera-slow-fix = Aumente a luz, conecte a câmera a uma porta só dela e feche outros programas. Depois, tente de novo.
camera-black-title = A imagem está preta
camera-black-body = A câmera funciona, mas não se vê nada.
camera-black-fix = Abra ou retire a tampa da câmera e tente de novo.
camera-frozen-title = A imagem está parada
camera-frozen-body = A câmera envia sempre a mesma imagem.
camera-frozen-fix = Desconecte a câmera e conecte-a de novo, ou use outra. Depois, tente outra vez.
camera-monochrome-title = A imagem não tem cores
camera-monochrome-body = Talvez seja uma câmera infravermelha, ou está escuro demais para ver cores.
camera-monochrome-fix = Escolha outra câmera ou aumente a luz e tente de novo.
camera-clock-title = O relógio da câmera está errado
camera-clock-body = Os horários das imagens andam para trás.
camera-clock-fix = Desconecte a câmera e conecte-a de novo, ou use outra. Depois, tente outra vez.
camera-not-allowed-title = Esta câmera não é aceita
camera-not-allowed-body = Ela é um programa, ou suas imagens não parecem vir de uma lente.
camera-not-allowed-fix = Use a câmera embutida ou outra e tente de novo.
camera-recording-title = Não é possível reproduzir a gravação
camera-recording-body = O arquivo indicado no lugar de uma câmera não pode ser lido.
camera-recording-fix = Confira o nome e o tipo do arquivo e comece de novo.
camera-another = Usar outra câmera
camera-came = Há uma câmera. Tentando de novo.
camera-software = { $camera } (programa)

## Failed attempts
try-again = Tentar de novo
stop-here = Parar por aqui
use-code = Usar um código
attempts-left = { $attempts ->
    [one] resta { $attempts } tentativa
   *[other] restam { $attempts } tentativas
}
cannot-tell-title = Não deu para ver bem
cannot-tell-body = Não há nada de errado com você. Uma imagem melhor ajuda:
cannot-tell-light = Vire-se para uma janela ou lâmpada, sem nenhuma atrás de você.
cannot-tell-distance = Sente-se a um braço de distância, com o rosto no centro.
    .kiosk = Fique a um braço de distância, com o rosto no centro.
cannot-tell-glasses = Incline os óculos ou a cabeça para tirar os reflexos.
cannot-tell-unsure = Não há nada de errado com você. As imagens deixam uma dúvida. Isto ajuda:
cannot-tell-move = Mexa um pouco a cabeça e pisque.
not-accepted-title = Não funcionou
not-accepted-not-live = Mostre seu próprio rosto, ao vivo, de frente para a câmera.
not-accepted-no-match = Seu rosto não foi reconhecido para esta conta.
not-accepted-poor-quality = A imagem não estava boa o bastante para comparar.
not-accepted-camera = Esta câmera não é aceita para este login. Use a câmera embutida ou outra.
    .kiosk = A câmera deste totem não é aceita para este login. Fale com a equipe.
    .alone = A câmera deste totem não é aceita para este login. Use outro totem, por favor.
not-accepted-untrusted = O serviço de verificação não aceitou o relatório deste computador. Avise quem cuida dele.
    .kiosk = O serviço de verificação não aceitou o relatório deste totem. Fale com a equipe.
    .alone = O serviço de verificação não aceitou o relatório deste totem. Use outro totem, por favor.
picture-yours = Sua imagem
picture-ideal = Como deveria ficar

## Sending
sending-title = Verificando
sending-body = Sua imagem está a caminho. Leva um momento.
sending-retrying = Sem conexão. Tentando de novo.

## Code instead
code-title = Usar um código
code-choose = Um código de uso único é enviado ao telefone da sua conta.
code-sms = Enviar um SMS
code-voice = Ligar para mim
code-camera = Usar a câmera
code-waiting = Consultando o serviço de verificação.
code-sent = O código está a caminho. Pode levar um minuto.
code-label = Código de 6 dígitos
code-check = Verificar o código
code-wrong = Esse não é o código que foi enviado.
code-not-sent-refused = Não é possível enviar um código ao seu telefone desta forma. Escolha outra opção.
code-not-sent-later = Não foi possível enviar o código. Tente de novo em instantes ou escolha outra opção.
code-not-checked-refused = Este login não aceita mais códigos. Escolha outra opção.
code-not-checked-later = Não foi possível verificar o código. Tente de novo em instantes ou escolha outra opção.
code-resend = Enviar de novo
code-resend-wait = { $seconds ->
    [one] Enviar de novo em { $seconds } segundo
   *[other] Enviar de novo em { $seconds } segundos
}

## Endings
done-title = É você
done-title-enroll = Seu rosto está configurado
done-body = Volte ao navegador. Esta janela se fecha sozinha.
refused-title = Login não realizado
refused-cancelled = Você cancelou. Seu navegador já sabe.
    .kiosk = Você cancelou. Ninguém está conectado.
refused-not-me = Este login foi interrompido. Se não foi você, troque sua senha.
refused-too-many = Tentativas demais. Espere um pouco e faça login de novo.
refused-timed-out = O tempo deste login acabou. Faça login de novo no navegador.
    .kiosk = O tempo deste login acabou. Comece de novo.
refused-not-enrolled = Não há rosto configurado para esta conta. Fale com quem cuida da sua conta.
    .kiosk = Não há rosto configurado para esta conta. Fale com a equipe.
    .alone = Não há rosto configurado para esta conta. Fale com quem cuida da sua conta.
refused-disabled = O login pela câmera está desativado aqui. Fale com quem cuida da sua conta.
    .kiosk = O login pela câmera está desativado aqui. Fale com a equipe.
    .alone = O login pela câmera está desativado aqui. Fale com quem cuida da sua conta.
refused-other = Seu navegador mostra como continuar.
    .kiosk = A próxima página mostra como continuar.
failed-title = O login foi interrompido
failed-login-again = Este link já foi usado ou é antigo demais. Comece o login de novo no navegador.
    .kiosk = O tempo deste login acabou. Comece de novo.
failed-network = Não é possível acessar o serviço de verificação. Verifique a rede e abra o link de novo pelo navegador.
    .kiosk = Não é possível acessar o serviço de verificação. Tente daqui a pouco ou fale com a equipe.
    .alone = Não é possível acessar o serviço de verificação. Tente daqui a pouco ou use outro totem.
failed-operator = Esta instalação tem um defeito. Avise quem cuida deste computador e diga o que o diagnóstico mostra.
    .kiosk = Este totem tem um defeito. Fale com a equipe.
    .alone = Este totem tem um defeito. Use outro totem, por favor.
failed-title-approve = Este computador ainda não foi autorizado
    .kiosk = Este totem ainda não foi autorizado
failed-approve = Esta conta ainda não usa este computador. Se você recebeu um e-mail sobre isso, autorize o computador por ele; caso contrário, fale com o administrador. Depois, abra o link de novo pelo navegador.
    .kiosk = Este totem ainda não pode ser usado com a sua conta. Fale com a equipe.
    .alone = Este totem ainda não pode ser usado com a sua conta. Fale com quem cuida da sua conta.
failed-approve-code = Ou use um computador em que você já faz login com o rosto: abra o Countenance nele, escolha “Autorizar outro dispositivo” e digite este código.
failed-approve-command = Ou execute nele: { $command }
failed-approve-minutes = { $minutes ->
    [one] O código vale por { $minutes } minuto.
   *[other] O código vale por { $minutes } minutos.
}
failed-title-update = Atualize o Countenance
    .kiosk = Este totem precisa de uma atualização
failed-update = Esta versão do Countenance é antiga demais para este login. Atualize-a ou fale com a equipe de TI. Depois, comece o login de novo no navegador.
    .kiosk = A versão dele é antiga demais para este login. Fale com a equipe.
    .alone = A versão dele é antiga demais para este login. Use outro totem, por favor.
failed-title-clock = O relógio deste computador está errado
    .kiosk = O relógio deste totem está errado
failed-clock = Este computador mostra { $here }, mas a hora certa é { $there }. Peça à sua equipe de TI que acerte o relógio e recomece o login no navegador.
    .kiosk = Ele mostra { $here }, mas a hora certa é { $there }. Fale com a equipe.
    .alone = Ele mostra { $here }, mas a hora certa é { $there }. Use outro totem, por favor.
close = Fechar

## Kiosk
kiosk-attract-title = Faça login com o rosto
kiosk-attract-body = Toque no botão, aceite e olhe para a câmera. Leva poucos segundos.
kiosk-start = Toque para fazer login
kiosk-badge = Ou aproxime seu crachá do leitor.
kiosk-privacy = A câmera fica desligada até você aceitar. Nada sobre você fica guardado neste totem.
kiosk-privacy-watched = A câmera fica ligada enquanto você estiver aqui. Nada sobre você fica guardado neste totem.
kiosk-text-size = Tamanho do texto: { $percent } %
kiosk-lower = Mais baixo
kiosk-higher = Mais alto
kiosk-speech-on = Ler em voz alta
kiosk-speech-off = Parar de ler
kiosk-there-title = Você ainda está aí?
kiosk-there-body = { $seconds ->
    [one] Senão, este login termina em { $seconds } segundo e tudo sobre você é apagado.
   *[other] Senão, este login termina em { $seconds } segundos e tudo sobre você é apagado.
}
kiosk-there-here = Estou aqui
kiosk-there-leave = Encerrar agora
kiosk-thanks = Obrigado, { $account }.
kiosk-thanks-all = Obrigado.
kiosk-thanks-next = A próxima página abre agora.
kiosk-wipe = Quando você sair, tudo sobre você será apagado desta tela.
kiosk-next = Continuar
kiosk-next-person = Próxima pessoa, por favor.
kiosk-wiping-title = Encerrando a sessão
kiosk-wiping-body = Tudo desta visita está sendo apagado.
kiosk-wiped-title = Sessão encerrada
kiosk-wiped-body = Tudo desta visita foi apagado.
kiosk-link-title = Este login não pode começar
kiosk-link-body = Comece de novo. Se não resolver, fale com a equipe.
    .alone = Comece de novo. Se não resolver, use outro totem.
kiosk-camera-body = A câmera deste totem não está funcionando.
kiosk-camera-fix = Tente de novo. Se não resolver, fale com a equipe.
    .alone = Tente de novo. Se não resolver, use outro totem.
kiosk-code-typed = { $typed } de { $total } dígitos
kiosk-erase = Apagar o último dígito
kiosk-out-title = Fora de serviço
kiosk-out-offline = Sem rede
kiosk-out-verifier = O login não está disponível
kiosk-out-disk = O armazenamento está cheio
kiosk-out-browser = A página de login não abre
kiosk-out-unregistered = Este totem ainda não foi configurado
kiosk-out-wait = Isso costuma passar sozinho. Aguarde um momento.
kiosk-out-repair = Este totem precisa ser consertado antes.
kiosk-out-ask = Fale com a equipe ou use outro totem.
kiosk-out-elsewhere = Use outro totem, por favor.
kiosk-out-since = { $minutes ->
    [one] Há { $minutes } minuto
   *[other] Há { $minutes } minutos
}

## Kiosk: operator
kiosk-operator-title = Operação
kiosk-operator-close = Voltar ao totem
kiosk-operator-measures = Rosto: { $face } % da largura. Distância: cerca de { $distance } cm. Luz: { $light } de 255.
kiosk-operator-no-face = A imagem não mostra exatamente um rosto.
kiosk-camera-fixed = Isso é definido no arquivo de configuração deste totem.
kiosk-camera-pin = Aceitar só esta câmera
kiosk-qualify = Medir este local
kiosk-qualify-again = Medir de novo
kiosk-qualify-stop = Parar a medição
kiosk-qualify-body = Olhe para a câmera como em um login. Depois de cada captura, afaste-se; depois volte ou dê lugar a outra pessoa. Use várias pessoas e meça de dia e à noite. Nenhuma imagem é guardada.
kiosk-qualify-count = Capturas: { $taken } de { $wanted }
kiosk-qualify-taken = Bom. Afaste-se; depois, a próxima.
kiosk-qualify-low = Capturada, mas abaixo do limite. Verifique a luz e a distância.
kiosk-qualify-missed = Nenhum rosto ficou bem posicionado a tempo. Tente de novo.
kiosk-qualify-fit = Este local é adequado
kiosk-qualify-not-fit = Este local ainda não é adequado
kiosk-qualify-overlap = { $below } de { $captures } capturas estão abaixo do limite: pessoas reais seriam recusadas.
kiosk-qualify-near = Todas as capturas passam, mas perto demais do limite.
kiosk-qualify-kept = Salvo para esta câmera: só números, nenhuma imagem.
kiosk-qualify-lost = Não foi possível salvar o resultado.
kiosk-site-more-light = Mais luz nos rostos
kiosk-site-less-light = Menos luz nos rostos
kiosk-site-even-light = Luz de frente, não de um lado só
kiosk-site-nearer = Pessoas mais perto da câmera, ou uma câmera de campo mais estreito
kiosk-site-farther = Pessoas mais longe da câmera
kiosk-site-aim = A câmera apontada para os rostos, na altura dos olhos
kiosk-site-glasses = Sem óculos escuros
kiosk-site-lens = Uma lente limpa e focada
kiosk-site-one-person = Uma pessoa de cada vez na imagem
kiosk-site-faster = Uma câmera mais rápida, ou mais luz
kiosk-site-other-camera = Outra câmera
kiosk-site-more-captures = Mais capturas
kiosk-restart = Reiniciar o programa
kiosk-reboot = Reiniciar o computador
kiosk-quit = Encerrar o programa
kiosk-pin-body = Digite o PIN.
kiosk-pin-open = Abrir
kiosk-pin-typed = { $typed ->
    [one] { $typed } dígito
   *[other] { $typed } dígitos
}
kiosk-pin-wrong = Este não é o PIN.
kiosk-pin-wait = { $seconds ->
    [one] Este não é o PIN. Tente de novo em { $seconds } segundo.
   *[other] Este não é o PIN. Tente de novo em { $seconds } segundos.
}
kiosk-pin-locked = O PIN está bloqueado após tentativas demais. Sua equipe de TI pode desbloqueá-lo.
kiosk-attend-title = Chame a equipe
kiosk-attend-body = Antes de cadastrar seu rosto, uma pessoa responsável confirma quem você é com o número e o PIN dela. Depois é a sua vez de novo.
kiosk-attend-number = Número do responsável
kiosk-attend-pin = PIN do responsável
kiosk-attend-confirm = Confirmar
kiosk-attend-refused = O número e o PIN não foram aceitos. Digite-os de novo. Se não resolver, o administrador pode desbloqueá-los ou trocá-los.
kiosk-attend-later = Não é possível verificar agora. Tente de novo em instantes.

## Allow another device
approve-title = Autorizar outro dispositivo
approve-body = Digite o código que o outro dispositivo mostra. Você precisa estar fazendo login nele agora.
approve-warning = Nunca digite um código que alguém enviou ou ditou para você.
approve-label = Código, como ABCD-EFGH
approve-continue = Continuar
approve-form = Um código tem oito letras e números, como ABCD-EFGH.
approve-refused = Este código não pode ser usado aqui. Confira-o ou comece o login de novo no outro dispositivo. Este computador precisa estar autorizado para a mesma conta.
approve-too-many = Muitos códigos foram tentados. Espere um pouco e tente de novo.
approve-network = Não é possível acessar o serviço de verificação. Verifique a rede e tente de novo.
approve-ask-title = Autorizar este dispositivo?
approve-ask-body = Ele pede para verificar seu rosto quando você faz login. Autorize somente se ele for seu e você o estiver usando agora.
approve-ask-warning = Você não está fazendo login em outro dispositivo? Não autorize e mude sua senha: alguém a conhece.
approve-device = Dispositivo
approve-thumbprint = Impressão da chave
approve-asked = Pedido
approve-allow = Autorizar este dispositivo
approve-deny = Não autorizar
approve-done-title = O dispositivo está autorizado
approve-done-body = Volte a ele e abra o link de novo pelo navegador.

## Settings
settings-title = Configurações
settings-camera = Câmera
settings-camera-first = A primeira encontrada
settings-camera-gone = { $camera } (não conectada)
settings-camera-turn = Girar a imagem no sentido horário
settings-camera-mirrored = A câmera troca esquerda e direita
settings-camera-pinned = Este computador usa só esta câmera. Quem cuida dele pode mudar isso no arquivo de configurações.
settings-camera-testing = Para testes, um programa pode fazer o papel da câmera aqui. Cada login informa isso.
settings-language = Idioma
settings-language-system = O do sistema
settings-theme = Aparência
settings-theme-system = A do sistema
settings-theme-light = Clara
settings-theme-dark = Escura
settings-theme-contrast = Alto contraste
settings-text-size = Tamanho do texto
settings-reduced-motion = Menos movimento
settings-resident = Ficar de prontidão em segundo plano
settings-resident-what = Os logins abrem mais depressa. Inicia quando você entra neste computador e usa um pouco de memória.
settings-verifiers = Serviços de verificação confiáveis
settings-verifiers-none = Nenhum ainda. Quem cuida deste computador os inclui no arquivo de configurações.
settings-about = Sobre e licenças
settings-diagnostics = Diagnóstico
settings-back = Voltar
settings-not-saved = Não foi possível salvar as configurações.
settings-ignored = A linha { $line } de { $path } foi ignorada: { $fault }
settings-unusable = Não é possível usar { $path }; valem as configurações padrão: { $fault }
settings-managed = Gerenciado pela sua organização.
settings-managed-ignored = { $place }, definido pela sua organização, foi ignorado em parte: { $fault }
settings-managed-unusable = Não é possível usar { $place }, definido pela sua organização; por isso nenhum login pode começar. Fale com a sua equipe de TI. { $fault }
font-missing = Este idioma precisa de uma fonte que não está instalada.

## Camera test
camera-test-title = Teste da câmera
camera-test-body = Só você vê esta imagem. Nada é avaliado para um login, guardado ou enviado.
camera-test-good = Sua posição está boa

## Diagnostics
diagnostics-title = Diagnóstico
diagnostics-body = Do que esta instalação precisa e o que fazer quando falta algo. Sem dados pessoais.
diagnostics-running = Verificando…
diagnostics-copy = Copiar
diagnostics-good = Bom
diagnostics-attention = Requer atenção
diagnostics-unknown = Desconhecido

## About
about-title = Sobre
about-licence = MIT ou Apache-2.0
about-fonts = Fonte: Inter, licença SIL Open Font 1.1

## Diagnostics: what is looked at
doctor-camera = Câmera
doctor-graphics = Gráficos
doctor-libraries = Bibliotecas
doctor-key = Chave do dispositivo
doctor-models = Redes neurais
doctor-verifier = Serviço de verificação
doctor-clock = Relógio
doctor-link = Links de login
doctor-managed = Configurações gerenciadas
doctor-settings = Configurações

## Diagnostics: what to do
doctor-fix-connect-camera = Conecte uma câmera ou ligue a embutida.
doctor-fix-connect-usb-camera = Conecte uma câmera USB: a integrada só funciona com libcamera, que o Countenance ainda não usa.
doctor-fix-join-video-group = Esta conta não pode usar câmeras. Inclua-a no grupo “video”; depois saia da sessão e entre de novo.
doctor-fix-open-desktop = Inicie o Countenance em uma sessão de área de trabalho com tela.
doctor-fix-join-render-group = Esta conta não pode usar o dispositivo gráfico. Inclua-a nos grupos “render” e “video”; depois saia da sessão e entre de novo.
doctor-fix-install-libraries = Instale as bibliotecas indicadas acima.
doctor-fix-protect-key = Outras pessoas podem ler a chave deste dispositivo. Torne o arquivo privado, ou apague-o e registre este dispositivo de novo.
doctor-fix-replace-key = O arquivo da chave está danificado. Mova-o para outro lugar: uma nova chave será criada, e este dispositivo precisará ser registrado de novo.
doctor-fix-reinstall = Instale o Countenance de novo, de onde você o obteve.
doctor-fix-restore-net = Reponha a rede adicionada e a sua descrição como foram fixadas ou corrija liveness_nets no arquivo de configurações.
doctor-fix-name-verifier = Peça a quem cuida deste computador que inclua seu serviço de verificação nas configurações.
doctor-fix-check-network = Verifique a rede e tente de novo.
doctor-fix-check-certificates = Verifique o relógio e os certificados confiáveis deste computador, e o que houver entre ele e o serviço.
doctor-fix-ask-verifier = Pergunte a quem cuida do serviço de verificação se este é o endereço dele.
doctor-fix-set-clock = Acerte o relógio deste computador, de preferência automaticamente.
doctor-fix-register-link = Defina o Countenance como o programa que abre links de login.
doctor-fix-move-program = Mova o Countenance para uma pasta sem espaços no caminho e depois defina-o como o programa que abre links de login.
doctor-fix-install-xdg-utils = Instale o xdg-utils e verifique de novo.
doctor-fix-correct-settings = Corrija as linhas do arquivo de configurações indicadas acima.
doctor-fix-protect-settings = Verifique se mais ninguém alterou o arquivo de configurações e depois permita que só a sua conta altere o arquivo e a pasta dele.
doctor-fix-correct-managed = Peça à sua equipe de TI que corrija o que está indicado acima: o arquivo gerenciado, a política ou o perfil.
doctor-fix-protect-managed = Peça à sua equipe de TI que verifique se ninguém alterou o arquivo de configurações gerenciado e que depois só o administrador possa alterar o arquivo e a pasta dele.
