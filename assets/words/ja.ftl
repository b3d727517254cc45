# Every word a person reads. Hints: two to six words, imperative, no blame, never a score.
app-name = Countenance
app-tagline = このコンピューターで、顔を使ってご本人であることを示します。

## Ready
ready-title = 準備ができています
ready-body = 顔を求めるログインがあると、このウィンドウが自動で開きます。それまで操作は必要ありません。
ready-privacy = 「開始」を押すまでカメラはオフです。映像はこのコンピューターの中で判定されます。
ready-link-label = ログインページのリンク
ready-link-hint = countenance://verify?…
ready-link-open = リンクを開く
ready-try-camera = カメラを試す
ready-approve = 別のデバイスを許可
ready-settings = 設定
link-refused-title = このリンクは開けません
link-refused-form = Countenance のログイン用リンクではありません。ログインページからもう一度コピーしてください。
link-refused-verifier = このコンピューターが信頼していない検証サービスのリンクです。コンピューターの管理者に確認してください。
link-busy = すでにログインの途中です。先に完了するかキャンセルしてください。

## Opening
opening-title = お待ちください
opening-body = 誰がログインを求めているかを検証サービスに問い合わせています。

## Consent
consent-title-verify = ご自身のログインですか？
consent-title-enroll = 顔によるログインの設定
consent-asks = { $application } が顔の確認を求めています
consent-application = アプリケーション
consent-account = アカウント
consent-tenant = ログインサービス
consent-began = 開始時刻
consent-now = たった今
consent-minutes = { $minutes ->
   *[other] { $minutes }分前
}
consent-captured = 約2秒間のカメラ映像を、このコンピューターの中で判定します。
    .kiosk = 約2秒間のカメラ映像を、この端末の中で判定します。
consent-sent = 画像1枚と署名付きの報告が検証サービスに送られます。
consent-kept = このコンピューターには何も残りません。
    .kiosk = この端末には何も残りません。
consent-template = サービスはテンプレートを保存します。顔を見分けるための数値で、画像ではありません。消去を求めることができます。
consent-light = 「開始」を押すとカメラがオンになります。
consent-begin = 開始
consent-not-me = 私ではありません
consent-warning = このログインに心当たりがない場合は、「私ではありません」を押してください。

## Capture
capture-starting = カメラを起動しています
capture-cancel = キャンセル
capture-time-left = { $seconds ->
   *[other] 残り{ $seconds }秒
}
capture-progress = 進行状況：{ $percent }%
capture-preview = 鏡のように映したあなたの映像
capture-recording = カメラではなく録画を再生しています
capture-recording-parts = 一部が欠けた録画を再生しています
hint-no-face = 顔を映してください
hint-several-faces = お一人ずつお願いします
hint-upside-down = 映像が上下逆です。設定で回転してください
    .kiosk = 映像が上下逆です。係員にお尋ねください
    .alone = 映像が上下逆です。別の端末をご利用ください
hint-come-closer = もっと近づいてください
hint-move-back = 少し離れてください
hint-move-left = 左へ動いてください
hint-move-right = 右へ動いてください
hint-move-up = 少し上へ動いてください
hint-move-down = 少し下へ動いてください
hint-look-straight = 正面を見てください
hint-hold-head-upright = 頭をまっすぐにしてください
hint-eyes-hidden = 目が見えるようにしてください
hint-too-dark = 顔をもっと明るくしてください
hint-too-bright = 顔に当たる光を弱めてください
hint-uneven-light = 顔全体に均等に光を当ててください
hint-hold-still = そのまま動かないでください
hint-almost-there = あと少しです、そのまま見ていてください

## Camera trouble: cause, what to do
camera-denied-title = カメラが許可されていません
camera-denied-body = このコンピューターでは、Countenance によるカメラの使用が許可されていません。
camera-denied-fix-linux = コンピューターの管理者に、あなたのアカウントをグループ「video」に追加するよう依頼し、いったんログアウトしてからログインし直してください。
camera-denied-fix-macos = 「システム設定」の「プライバシーとセキュリティ」から「カメラ」を開き、Countenance を許可してください。
camera-denied-fix-windows = 「設定」の「プライバシーとセキュリティ」から「カメラ」を開き、デスクトップアプリにカメラの使用を許可してください。
camera-denied-fix-desktop = デスクトップの設定を開き、アプリの一覧から Countenance を選んでカメラを許可し、もう一度お試しください。
camera-busy-title = カメラは使用中です
camera-busy-body = ほかのプログラムがカメラを使っています。
camera-busy-fix = ビデオ通話などカメラを使うプログラムを閉じてから、もう一度お試しください。
camera-absent-title = カメラが見つかりません
camera-absent-body = このコンピューターには使えるカメラがありません。
camera-absent-fix = カメラを接続するか、カメラのカバーを開けてから、もう一度お試しください。
camera-libcamera-title = 内蔵カメラはまだ使えません
camera-libcamera-body = このカメラは Intel の画像プロセッサー（IPU）につながっていて、libcamera でしか動きません。Countenance はまだ libcamera に対応していません。
camera-libcamera-fix = USB カメラを接続してから、もう一度お試しください。
camera-asking-title = デスクトップがカメラについて確認しています
camera-asking-body = Countenance がカメラを使うには、あなたの許可が必要です。
camera-asking-fix = デスクトップの確認に答えてから、もう一度お試しください。
camera-portal-title = カメラに接続できません
camera-portal-body = このコンピューターでは、カメラはデスクトップのカメラポータルを通してのみ使えます。ポータルが応答しないか、カメラがありません。
camera-portal-fix = コンピューターの管理者に xdg-desktop-portal、PipeWire とその libcamera プラグインの確認を依頼するか、USB カメラを接続してから、もう一度お試しください。
camera-unsupported-title = このカメラは使えません
camera-unsupported-body = Countenance が扱える映像を出力していません。
camera-unsupported-fix = 別のカメラを選ぶか接続してから、もう一度お試しください。
camera-lost-title = カメラが取り外されました
camera-lost-body = 使用中にカメラが見えなくなりました。
camera-lost-fix = カメラを接続し直してから、もう一度お試しください。
camera-stalled-title = カメラが応答しません
camera-stalled-body = カメラはありますが、映像が届きません。
camera-stalled-fix = カメラを抜いて差し直してから、もう一度お試しください。
camera-not-pinned-title = 指定のカメラがありません
camera-not-pinned-body = このコンピューターで使うカメラは決まっていますが、接続されていません。
camera-not-pinned-fix = そのカメラを接続するか、コンピューターの管理者に知らせてください。
camera-slow-title = カメラの動きが遅すぎます
camera-slow-body = 1秒あたりの画像が足りません。
camera-slow-fix = 部屋を明るくし、カメラを専用のポートに接続し、ほかのプログラムを閉じてから、もう一度お試しください。
camera-black-title = 映像が真っ暗です
camera-black-body = カメラは動いていますが、何も映っていません。
camera-black-fix = カメラのカバーを開けるかキャップを外してから、もう一度お試しください。
camera-frozen-title = 映像が止まっています
camera-frozen-body = カメラから同じ画像ばかり届いています。
camera-frozen-fix = カメラを抜いて差し直すか、別のカメラを使って、もう一度お試しください。
camera-monochrome-title = 映像に色がありません
camera-monochrome-body = 赤外線カメラか、色が見えないほど暗い場所のようです。
camera-monochrome-fix = 別のカメラを選ぶか、明るくしてから、もう一度お試しください。
camera-clock-title = カメラの時刻が正しくありません
camera-clock-body = 画像の時刻が逆に進んでいます。
camera-clock-fix = カメラを抜いて差し直すか、別のカメラを使って、もう一度お試しください。
camera-not-allowed-title = このカメラは受け付けられません
camera-not-allowed-body = ソフトウェアのカメラであるか、映像がレンズを通したものに見えません。
camera-not-allowed-fix = 内蔵カメラまたは別のカメラを使って、もう一度お試しください。
camera-recording-title = 録画を再生できません
camera-recording-body = カメラの代わりに指定されたファイルを読み込めません。
camera-recording-fix = ファイルの名前と種類を確認してから、もう一度開始してください。
camera-another = 別のカメラを使う
camera-came = カメラが見つかりました。もう一度試しています。
camera-software = { $camera }（ソフトウェア）

## Failed attempts
try-again = もう一度試す
stop-here = ここでやめる
use-code = 代わりにコードを使う
attempts-left = { $attempts ->
   *[other] あと{ $attempts }回試せます
}
cannot-tell-title = はっきり確認できませんでした
cannot-tell-body = あなたに問題があるわけではありません。より良い映像で確認できます。
cannot-tell-light = 窓や照明のほうを向き、背後に光が入らないようにしてください。
cannot-tell-distance = 腕を伸ばしたくらいの距離で、顔を中央に合わせてください。
    .kiosk = 腕を伸ばしたくらいの距離のまま、顔を中央に合わせてください。
cannot-tell-glasses = 眼鏡や頭を少し傾けて、反射をなくしてください。
cannot-tell-unsure = あなたに問題があるわけではありません。映像だけでは確信が持てませんでした。次のようにしてみてください。
cannot-tell-move = 頭を少し動かし、まばたきをしてください。
not-accepted-title = うまくいきませんでした
not-accepted-not-live = ご自身の顔をその場で、カメラにまっすぐ向けてください。
not-accepted-no-match = このアカウントの顔として確認できませんでした。
not-accepted-poor-quality = 照合するには画像が十分ではありませんでした。
not-accepted-camera = このログインではこのカメラを使えません。内蔵カメラまたは別のカメラをお使いください。
    .kiosk = このログインではこの端末のカメラを使えません。係員にお尋ねください。
    .alone = このログインではこの端末のカメラを使えません。別の端末をご利用ください。
not-accepted-untrusted = 検証サービスがこのコンピューターの報告を受け入れませんでした。管理者に知らせてください。
    .kiosk = 検証サービスがこの端末の報告を受け入れませんでした。係員にお尋ねください。
    .alone = 検証サービスがこの端末の報告を受け入れませんでした。別の端末をご利用ください。
picture-yours = あなたの画像
picture-ideal = 理想的な映り方

## Sending
sending-title = 確認しています
sending-body = 画像を送信しています。少々お待ちください。
sending-retrying = 接続がありません。再試行しています。

## Code instead
code-title = 代わりにコードを使う
code-choose = アカウントの電話番号にワンタイムコードをお送りします。
code-sms = SMSを送る
code-voice = 電話を受ける
code-camera = 代わりにカメラを使う
code-waiting = 検証サービスに問い合わせています。
code-sent = コードを送りました。届くまで1分ほどかかることがあります。
code-label = 6桁のコード
code-check = コードを確認
code-wrong = 送られたコードと一致しません。
code-not-sent-refused = この方法ではお使いの電話にコードを送れません。別の方法を選んでください。
code-not-sent-later = コードを送れませんでした。少し待ってもう一度試すか、別の方法を選んでください。
code-not-checked-refused = このログインではコードを使えなくなりました。別の方法を選んでください。
code-not-checked-later = コードを確認できませんでした。少し待ってもう一度試すか、別の方法を選んでください。
code-resend = もう一度送る
code-resend-wait = { $seconds ->
   *[other] { $seconds }秒後にもう一度送れます
}

## Endings
done-title = ご本人と確認できました
done-title-enroll = 顔の設定が完了しました
done-body = ブラウザーに戻ります。このウィンドウは自動で閉じます。
refused-title = ログインは行われませんでした
refused-cancelled = キャンセルしました。ブラウザーにも伝わっています。
    .kiosk = キャンセルしました。ログインは行われていません。
refused-not-me = このログインを停止しました。心当たりがない場合は、パスワードを変更してください。
refused-too-many = 試行回数が多すぎます。しばらく待ってからログインし直してください。
refused-timed-out = このログインの時間が切れました。ブラウザーでログインし直してください。
    .kiosk = このログインの時間が切れました。最初からやり直してください。
refused-not-enrolled = このアカウントには顔が設定されていません。アカウントの管理者に確認してください。
    .kiosk = このアカウントには顔が設定されていません。係員にお尋ねください。
    .alone = このアカウントには顔が設定されていません。アカウントの管理者に確認してください。
refused-disabled = ここではカメラによるログインが無効になっています。アカウントの管理者に確認してください。
    .kiosk = ここではカメラによるログインが無効になっています。係員にお尋ねください。
    .alone = ここではカメラによるログインが無効になっています。アカウントの管理者に確認してください。
refused-other = 続け方はブラウザーに表示されます。
    .kiosk = 続け方は次のページに表示されます。
failed-title = ログインが中断されました
failed-login-again = このリンクは使用済みか、古すぎます。ブラウザーでログインをやり直してください。
    .kiosk = このログインの時間が切れました。最初からやり直してください。
failed-network = 検証サービスに接続できません。ネットワークを確認し、ブラウザーからもう一度リンクを開いてください。
    .kiosk = 検証サービスに接続できません。少し待ってからお試しいただくか、係員にお尋ねください。
    .alone = 検証サービスに接続できません。少し待ってからお試しいただくか、別の端末をご利用ください。
failed-operator = このインストールに不具合があります。「診断」の内容をコンピューターの管理者に知らせてください。
    .kiosk = この端末に不具合があります。係員にお尋ねください。
    .alone = この端末に不具合があります。別の端末をご利用ください。
failed-title-approve = このコンピューターはまだ承認されていません
    .kiosk = この端末はまだ承認されていません
failed-approve = このアカウントでは、まだこのコンピューターを使用できません。メールが届いている場合は、そのメールから許可してください。届いていない場合は、管理者にお問い合わせください。その後、ブラウザーからもう一度リンクを開いてください。
    .kiosk = この端末はまだあなたのアカウントでは使えません。係員にお尋ねください。
    .alone = この端末はまだあなたのアカウントでは使えません。アカウントの管理者に確認してください。
failed-approve-code = または、すでに顔でログインしているコンピューターで Countenance を開き、「別のデバイスを許可」を選んで、このコードを入力してください。
failed-approve-command = または、そこで次を実行：{ $command }
failed-approve-minutes = { $minutes ->
   *[other] コードの有効期間はあと { $minutes } 分です。
}
failed-title-update = Countenance を更新してください
    .kiosk = この端末は更新が必要です
failed-update = このバージョンの Countenance は、このログインには古すぎます。更新するか、IT 担当者にお問い合わせください。その後、ブラウザーでログインをやり直してください。
    .kiosk = バージョンがこのログインには古すぎます。係員にお尋ねください。
    .alone = バージョンがこのログインには古すぎます。別の端末をご利用ください。
failed-title-clock = このコンピューターの時計が合っていません
    .kiosk = この端末の時計が合っていません
failed-clock = このコンピューターの時計は { $here } ですが、正しい時刻は { $there } です。IT部門に時計を合わせてもらい、ブラウザーでログインをやり直してください。
    .kiosk = 表示は { $here } ですが、正しい時刻は { $there } です。係員にお尋ねください。
    .alone = 表示は { $here } ですが、正しい時刻は { $there } です。別の端末をご利用ください。
close = 閉じる

## Kiosk
kiosk-attract-title = 顔でログイン
kiosk-attract-body = ボタンに触れ、同意して、カメラを見てください。数秒で終わります。
kiosk-start = 触れてログイン
kiosk-badge = または、社員証をリーダーにかざしてください。
kiosk-privacy = 同意するまでカメラはオフです。この端末にあなたの情報は残りません。
kiosk-privacy-watched = ここにいる間、カメラはオンです。この端末にあなたの情報は残りません。
kiosk-text-size = 文字の大きさ：{ $percent } %
kiosk-lower = 低く
kiosk-higher = 高く
kiosk-speech-on = 読み上げる
kiosk-speech-off = 読み上げをやめる
kiosk-there-title = まだいらっしゃいますか？
kiosk-there-body = { $seconds ->
   *[other] 応答がなければ、{ $seconds }秒後にこのログインを終了し、あなたの情報をすべて消去します。
}
kiosk-there-here = はい、います
kiosk-there-leave = 今すぐ終了
kiosk-thanks = { $account } さん、ありがとうございました。
kiosk-thanks-all = ありがとうございました。
kiosk-thanks-next = 次のページが開きます。
kiosk-wipe = 離れると、この画面からあなたの情報はすべて消去されます。
kiosk-next = 続ける
kiosk-next-person = 次の方、どうぞ。
kiosk-wiping-title = ログアウトしています
kiosk-wiping-body = 今回の利用に関するすべてのデータを消去しています。
kiosk-wiped-title = ログアウトしました
kiosk-wiped-body = 今回の利用に関するすべてのデータを消去しました。
kiosk-link-title = このログインは開始できません
kiosk-link-body = 最初からやり直してください。うまくいかないときは係員にお尋ねください。
    .alone = 最初からやり直してください。うまくいかないときは別の端末をご利用ください。
kiosk-camera-body = この端末のカメラが動作していません。
kiosk-camera-fix = もう一度お試しください。うまくいかないときは係員にお尋ねください。
    .alone = もう一度お試しください。うまくいかないときは別の端末をご利用ください。
kiosk-code-typed = { $total }桁のうち{ $typed }桁
kiosk-erase = 最後の数字を消す
kiosk-out-title = ご利用いただけません
kiosk-out-offline = ネットワークにつながっていません
kiosk-out-verifier = 現在ログインできません
kiosk-out-disk = 保存領域がいっぱいです
kiosk-out-browser = ログインページが開きません
kiosk-out-unregistered = この端末はまだ設定されていません
kiosk-out-wait = 多くの場合、自然に直ります。しばらくお待ちください。
kiosk-out-repair = この端末は修理が必要です。
kiosk-out-ask = 係員にお尋ねいただくか、別の端末をご利用ください。
kiosk-out-elsewhere = 別の端末をご利用ください。
kiosk-out-since = { $minutes ->
   *[other] { $minutes }分前から
}

## Kiosk: operator
kiosk-operator-title = 管理
kiosk-operator-close = 端末の画面に戻る
kiosk-operator-measures = 顔：画面幅の{ $face } %。距離：約{ $distance } cm。明るさ：255段階中{ $light }。
kiosk-operator-no-face = 映像に写っている顔が一つではありません。
kiosk-camera-fixed = この端末の設定ファイルで決められています。
kiosk-camera-pin = このカメラだけを受け入れる
kiosk-qualify = この場所を測定
kiosk-qualify-again = もう一度測定
kiosk-qualify-stop = 測定をやめる
kiosk-qualify-body = ログインのときと同じようにカメラを見てください。撮影のたびに一度離れ、もう一度立つか、別の人に代わってください。複数の人で、日中と夜に測定してください。画像は保存されません。
kiosk-qualify-count = 撮影: { $wanted }回のうち{ $taken }回
kiosk-qualify-taken = 良好です。一度離れて、次に進んでください。
kiosk-qualify-low = 撮影しましたが、基準を下回りました。明るさと距離を確認してください。
kiosk-qualify-missed = 時間内に顔を正しい位置で捉えられませんでした。もう一度お試しください。
kiosk-qualify-fit = この場所は適しています
kiosk-qualify-not-fit = この場所はまだ適していません
kiosk-qualify-overlap = { $captures }回のうち{ $below }回が基準を下回りました。本人でも拒否されるおそれがあります。
kiosk-qualify-near = すべて基準に達しましたが、余裕が足りません。
kiosk-qualify-kept = このカメラ用に保存しました（数値のみ、画像なし）。
kiosk-qualify-lost = 結果を保存できませんでした。
kiosk-site-more-light = 顔にもっと光を当てる
kiosk-site-less-light = 顔に当たる光を減らす
kiosk-site-even-light = 片側からではなく正面から光を当てる
kiosk-site-nearer = カメラに近づいてもらうか、画角の狭いカメラを使う
kiosk-site-farther = カメラから離れてもらう
kiosk-site-aim = カメラを目の高さで顔に向ける
kiosk-site-glasses = 濃い色の眼鏡を外す
kiosk-site-lens = レンズを拭き、ピントを合わせる
kiosk-site-one-person = 画面に入るのは一度に一人
kiosk-site-faster = より速いカメラか、より明るい照明
kiosk-site-other-camera = 別のカメラ
kiosk-site-more-captures = 撮影回数を増やす
kiosk-restart = プログラムを再起動
kiosk-reboot = コンピューターを再起動
kiosk-quit = プログラムを終了
kiosk-pin-body = PINを入力してください。
kiosk-pin-open = 開く
kiosk-pin-typed = { $typed ->
   *[other] { $typed }桁
}
kiosk-pin-wrong = PINが違います。
kiosk-pin-wait = { $seconds ->
   *[other] PINが違います。{ $seconds }秒後にもう一度お試しください。
}
kiosk-pin-locked = 試行回数が多すぎるため、PINがロックされました。IT部門が解除できます。
kiosk-attend-title = 係員を呼んでください
kiosk-attend-body = 顔を登録する前に、担当者が番号とPINでご本人であることを確認します。その後、お客様の操作に戻ります。
kiosk-attend-number = 担当者の番号
kiosk-attend-pin = 担当者のPIN
kiosk-attend-confirm = 確認する
kiosk-attend-refused = 番号とPINが受け付けられませんでした。もう一度入力してください。うまくいかないときは、管理者が解除または再発行できます。
kiosk-attend-later = ただいま確認できません。しばらくしてからもう一度お試しください。

## Allow another device
approve-title = 別のデバイスを許可
approve-body = 別のデバイスに表示されているコードを入力してください。今そのデバイスでご自身がログインしている場合に限ります。
approve-warning = 他の人から送られたコードや、読み上げられたコードは決して入力しないでください。
approve-label = コード（例：ABCD-EFGH）
approve-continue = 続ける
approve-form = コードは ABCD-EFGH のような 8 文字の英数字です。
approve-refused = このコードはここでは使えません。コードを確認するか、別のデバイスでログインをやり直してください。このコンピューターは同じアカウントで許可されている必要があります。
approve-too-many = コードの試行回数が多すぎます。しばらく待ってから、もう一度お試しください。
approve-network = 検証サービスに接続できません。ネットワークを確認し、もう一度お試しください。
approve-ask-title = このデバイスを許可しますか？
approve-ask-body = ログイン時に顔を確認するための許可を求めています。ご自身のもので、今お使いの場合にのみ許可してください。
approve-ask-warning = 別のデバイスでログインしていない場合は、許可せずにパスワードを変更してください。他の人に知られています。
approve-device = デバイス
approve-thumbprint = 鍵の指紋
approve-asked = 要求時刻
approve-allow = このデバイスを許可
approve-deny = 許可しない
approve-done-title = デバイスが許可されました
approve-done-body = そのデバイスに戻り、ブラウザーからもう一度リンクを開いてください。

## Settings
settings-title = 設定
settings-camera = カメラ
settings-camera-first = 最初に見つかったもの
settings-camera-gone = { $camera }（未接続）
settings-camera-turn = 映像を右に回転
settings-camera-mirrored = カメラの映像は左右が逆
settings-camera-pinned = このコンピューターではこのカメラだけを使います。管理者が設定ファイルで変更できます。
settings-camera-testing = テストのため、ここではソフトウェアをカメラの代わりに使えます。ログインのたびにそのことが伝えられます。
settings-language = 言語
settings-language-system = システムに合わせる
settings-theme = 外観
settings-theme-system = システムに合わせる
settings-theme-light = ライト
settings-theme-dark = ダーク
settings-theme-contrast = ハイコントラスト
settings-text-size = 文字の大きさ
settings-reduced-motion = 動きを減らす
settings-resident = バックグラウンドで待機する
settings-resident-what = ログインが速く開きます。このコンピューターへのログイン時に起動し、メモリを少し使います。
settings-verifiers = 信頼する検証サービス
settings-verifiers-none = まだありません。コンピューターの管理者が設定ファイルに追加します。
settings-about = このアプリとライセンスについて
settings-diagnostics = 診断
settings-back = 戻る
settings-not-saved = 設定を保存できませんでした。
settings-ignored = { $path } の{ $line }行目は無視されました：{ $fault }
settings-unusable = { $path } を使用できないため、既定の設定が適用されます：{ $fault }
settings-managed = 組織によって管理されています。
settings-managed-ignored = 組織が定めた { $place } の一部は無視されました：{ $fault }
settings-managed-unusable = 組織が定めた { $place } を使用できないため、ログインを開始できません。IT担当者に連絡してください。{ $fault }
font-missing = この言語に必要なフォントがインストールされていません。

## Camera test
camera-test-title = カメラのテスト
camera-test-body = この映像はあなたにしか見えません。ログインの判定にも使われず、保存も送信もされません。
camera-test-good = 良い位置です

## Diagnostics
diagnostics-title = 診断
diagnostics-body = このインストールに必要なものと、足りない場合の対処です。個人データは含まれません。
diagnostics-running = 調べています…
diagnostics-copy = コピー
diagnostics-good = 良好
diagnostics-attention = 対応が必要
diagnostics-unknown = 不明

## About
about-title = このアプリについて
about-licence = MIT または Apache-2.0
about-fonts = フォント：Inter、SIL Open Font License 1.1

## Diagnostics: what is looked at
doctor-camera = カメラ
doctor-graphics = グラフィックス
doctor-libraries = ライブラリ
doctor-key = デバイスの鍵
doctor-models = ニューラルネットワーク
doctor-verifier = 検証サービス
doctor-clock = 時計
doctor-link = ログイン用リンク
doctor-managed = 管理された設定
doctor-settings = 設定

## Diagnostics: what to do
doctor-fix-connect-camera = カメラを接続するか、内蔵カメラをオンにしてください。
doctor-fix-connect-usb-camera = USB カメラを接続してください。内蔵カメラは libcamera でしか動かず、Countenance はまだ対応していません。
doctor-fix-join-video-group = このアカウントはカメラを使えません。グループ「video」に追加し、いったんログアウトしてからログインし直してください。
doctor-fix-open-desktop = 画面のあるデスクトップセッションで Countenance を起動してください。
doctor-fix-join-render-group = このアカウントはグラフィックスデバイスを使えません。グループ「render」と「video」に追加し、いったんログアウトしてからログインし直してください。
doctor-fix-install-libraries = 上に示したライブラリをインストールしてください。
doctor-fix-protect-key = このデバイスの鍵をほかの人が読める状態です。ファイルを本人だけが読めるようにするか、削除してこのデバイスを登録し直してください。
doctor-fix-replace-key = 鍵ファイルが壊れています。別の場所に移してください。新しい鍵が作られるので、このデバイスを登録し直す必要があります。
doctor-fix-reinstall = Countenance を入手元からもう一度インストールしてください。
doctor-fix-restore-net = 追加したネットワークとその記述ファイルを登録時の状態に戻すか、設定ファイルの liveness_nets を修正してください。
doctor-fix-name-verifier = コンピューターの管理者に、お使いの検証サービスを設定に追加するよう依頼してください。
doctor-fix-check-network = ネットワークを確認してから、もう一度お試しください。
doctor-fix-check-certificates = このコンピューターの時計と信頼済み証明書、およびサービスとの間にあるものを確認してください。
doctor-fix-ask-verifier = これが検証サービスのアドレスかどうか、サービスの運営者に確認してください。
doctor-fix-set-clock = このコンピューターの時計を合わせてください。自動設定をお勧めします。
doctor-fix-register-link = ログイン用リンクを開くプログラムを Countenance にしてください。
doctor-fix-move-program = パスに空白のないフォルダーに Countenance を移し、ログイン用リンクを開くプログラムに設定してください。
doctor-fix-install-xdg-utils = xdg-utils をインストールしてから、もう一度確認してください。
doctor-fix-correct-settings = 設定ファイルの、上に示した行を修正してください。
doctor-fix-protect-settings = ほかの人が設定ファイルを変更していないことを確認し、ファイルとそのフォルダーを自分のアカウントだけが変更できるようにしてください。
doctor-fix-correct-managed = 上に示した管理対象のファイル、ポリシー、またはプロファイルの修正を、IT担当者に依頼してください。
doctor-fix-protect-managed = 管理された設定ファイルを誰も変更していないことを確認し、ファイルとそのフォルダーを管理者だけが変更できるようにするよう、IT担当者に依頼してください。
