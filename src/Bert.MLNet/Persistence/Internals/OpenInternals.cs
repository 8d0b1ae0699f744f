// Compiled by MSBuild (see MLNetInternals.targets), not into the library.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;
using Mono.Cecil.Cil;

/// <summary>
/// Writes copies of assemblies in which every type and every non-protected member is public, and every method body is <c>throw null</c>.
/// </summary>
public class OpenInternals : Task
{
    [Required] public string[] Assemblies { get; set; }
    [Required] public string[] References { get; set; }
    [Required] public string OutputFolder { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(OutputFolder);
        var resolver = new DefaultAssemblyResolver();
        foreach (string folder in References.Select(Path.GetDirectoryName).Distinct())
            resolver.AddSearchDirectory(folder);
        foreach (string assembly in Assemblies)
            Open(assembly, Path.Combine(OutputFolder, Path.GetFileName(assembly)), resolver);
        return true;
    }

    private static void Open(string source, string target, IAssemblyResolver resolver)
    {
        using (AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(source, new ReaderParameters { AssemblyResolver = resolver }))
        {
            foreach (TypeDefinition type in assembly.MainModule.GetTypes())
            {
                if (type.IsNested) type.IsNestedPublic = true; else type.IsPublic = true;
                foreach (MethodDefinition method in type.Methods)
                {
                    // Explicit interface implementations remain private, because C# has no name for them. Protected members remain
                    // protected,
                    // so that overrides of them are not part of the library's public API.
                    if (method.IsFamilyAndAssembly) method.IsFamily = true;
                    else if (!method.IsFamily && !method.IsFamilyOrAssembly && !(method.IsPrivate && method.HasOverrides)) method.IsPublic =
                        true;
                    if (!method.HasBody) continue;
                    method.Body = new MethodBody(method);
                    ILProcessor il = method.Body.GetILProcessor();
                    il.Emit(OpCodes.Ldnull);
                    il.Emit(OpCodes.Throw);
                }
                var events = new HashSet<string>(type.Events.Select(e => e.Name));
                foreach (FieldDefinition field in type.Fields)
                    if (!events.Contains(field.Name)) field.IsPublic = true;
            }
            string beside = target + ".new";
            assembly.Write(beside);
            File.Delete(target);
            File.Move(beside, target);
        }
    }
}
