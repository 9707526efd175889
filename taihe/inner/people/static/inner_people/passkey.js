// The one thing of sign-in that needs a script: asking the browser for a passkey.
'use strict'
;(function () {
  const SAID = {
    NotAllowedError: '操作已取消或超时，请重试。',
    InvalidStateError: '这个通行密钥已经添加过。',
    SecurityError: '当前网址不能使用通行密钥。'
  }
  document.querySelectorAll('[data-passkey]').forEach(function (button) {
    if (!window.webauthnJSON || !window.webauthnJSON.supported()) return
    const form = button.closest('form')
    const options = JSON.parse(document.getElementById(button.dataset.options).textContent)
    const target = document.getElementById(button.dataset.target)
    const said = form.querySelector('.gv-passkey-said')
    button.hidden = false
    button.addEventListener('click', function (event) {
      event.preventDefault()
      said.hidden = true
      window.webauthnJSON[button.dataset.passkey](options).then(function (answer) {
        target.value = JSON.stringify(answer)
        form.submit()
      }, function (fault) {
        said.textContent = SAID[fault.name] || '浏览器没有完成操作，请重试。'
        said.hidden = false
      })
    })
  })
})()
