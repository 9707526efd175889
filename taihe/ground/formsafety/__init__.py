"""Form safety: nothing typed is lost, nothing is done twice, nobody overwrites another unseen.

Every form of the county carries two hidden values.  The one-time key lets a form be carried out
once, however often it is sent; the version tells which state of the record its author had before
him.  A form that arrives after the session ended is set aside, encrypted, and offered again after
sign-in.  A view needs three things::

    class NoticeForm(SafeFormMixin, forms.ModelForm):        # formsafety.forms
        form_title = "编辑通知"

    def edit(request, pk):
        form = NoticeForm(request.POST or None, request=request, instance=queries.notice(request, pk))
        answer = submit_once(                                 # formsafety.submission
            request, form,
            lambda actor: actions.edit_notice(actor, pk, form.posted_version, **form.cleaned_data),
            to=lambda notice: notice.get_absolute_url(),
        )
        return answer or render(request, "…/edit.html", {"form": form})

and in the template, inside ``<form method="post">{% csrf_token %}``: ``{% form_safety form %}``.
"""
