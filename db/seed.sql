-- Two invented users, with the ids that the project's own conversation has where no database is named.
INSERT INTO public.users (uuid, display_name, handle, email, cognito_user_id)
VALUES
    ('8192268f-d848-5987-976d-0778d3285387', 'Ada Keller', 'adakeller', 'ada.keller@example.com', 'MOCK'),
    ('148c13fc-3726-50f3-a416-ae854e79e92e', 'Jonas Brandt', 'jonasbrandt', 'jonas.brandt@example.com', 'MOCK');
