// Decodes every document of the files given into the Kubernetes API's own types, strictly (an unknown or doubled field,
// a wrong type or an unknown kind is an error), and judges every pod in them by the restricted Pod Security Standard, as
// the admission of a namespace does that enforces it. Exit codes: 0 all is well, 1 something is not, 2 wrong usage.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: check FILE…")
		os.Exit(2)
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	failed := false
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
		for {
			document, err := documents.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
				os.Exit(2)
			}
			object, kind, err := decoder.Decode(document, nil, nil)
			if err != nil {
				fmt.Printf("%s: %v\n", path, err)
				failed = true
				continue
			}
			fmt.Printf("%s: %s %s\n", path, kind.GroupVersion(), kind.Kind)
			if pod := podOf(object); pod != nil {
				failed = judge(evaluator, pod) || failed
			}
		}
	}
	if failed {
		os.Exit(1)
	}
}

func podOf(object runtime.Object) *corev1.PodTemplateSpec {
	switch object := object.(type) {
	case *appsv1.Deployment:
		return &object.Spec.Template
	case *batchv1.CronJob:
		return &object.Spec.JobTemplate.Spec.Template
	}
	return nil
}

// judge prints what the restricted standard forbids of the pod, and returns whether there is anything.
func judge(evaluator policy.Evaluator, pod *corev1.PodTemplateSpec) bool {
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	forbidden := false
	for _, result := range evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			fmt.Printf("  not restricted: %s: %s\n", result.ForbiddenReason, result.ForbiddenDetail)
			forbidden = true
		}
	}
	if !forbidden {
		fmt.Println("  its pods are admitted by the restricted standard")
	}
	return forbidden
}
