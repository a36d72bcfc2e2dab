import json,sys,subprocess
out=subprocess.run(['/tmp/gtool/target/debug/gtool',sys.argv[1],sys.argv[2]],capture_output=True,text=True).stdout
if out.startswith('ERR') or not out.startswith('{'): print(out[:3000]); sys.exit()
d=json.loads(out[:out.rindex('}')+1])
print(d['status'],'pass',d.get('compliant'),'n/a',d.get('not_applicable'))
def walk(x,p=''):
    if isinstance(x,dict):
        if 'messages' in x or 'context' in x and ('Unary' in p or 'Binary' in p):
            m=x.get('messages') or {}
            fr=x.get('check',{})
            paths=[]
            def f(y):
                if isinstance(y,dict):
                    if 'path' in y and isinstance(y['path'],str): paths.append(y['path'])
                    for v in y.values(): f(v)
                elif isinstance(y,list):
                    for v in y: f(v)
            f(fr)
            print('   ',(m.get('custom_message') or '-').strip(),'|',(x.get('context') or '').strip()[:90],'|',paths[:3])
        for k,v in x.items(): walk(v,p+'/'+k)
    elif isinstance(x,list):
        for v in x: walk(v,p)
for r in d.get('not_compliant',[]): print(' FAIL',r['Rule']['name']); walk(r)
